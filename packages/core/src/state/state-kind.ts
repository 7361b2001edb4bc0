import { checkOptions } from '../contract/check-options.ts';
import type { Key } from '../contract/key.ts';
import { shapeOf } from './shape-of.ts';
import type { StateOptions } from './state-options.ts';

/** Describes a state in checkpoints, so that a changed one is noticed. */
export interface StateDescription {
  readonly signature: string;
  readonly version: string;
  readonly shape: string;
}

/** A state as an operator declares it. */
export interface StateKind {
  readonly description: StateDescription;
  readonly options: StateOptions<unknown, Key>;
}

const names = {
  signature: true,
  version: true,
  like: true,
  migrate: true,
  migrateKey: true,
} as const;

/** The kind of a state with these options. */
export function stateKind(options: StateOptions<never, never>): StateKind {
  checkOptions('a state', options, names);
  const { signature = '', version = '', like } = options as StateOptions<unknown, Key>;
  const shape = like === undefined ? '' : shapeOf(like);
  return {
    description: { signature, version: String(version), shape },
    options: options as StateOptions<unknown, Key>,
  };
}

/** Says what differs between a state as it was saved and as it is now; `undefined` when nothing does. */
export function changeOf(saved: StateDescription, now: StateDescription): string | undefined {
  const parts = (['signature', 'version', 'shape'] as const)
    .filter((part) => saved[part] !== now[part])
    .map((part) => {
      const shown = (text: string) => {
        if (text === '') return `no ${part}`;
        return part === 'signature' ? text : `${part} ${text}`;
      };
      return `was saved with ${shown(saved[part])}, and now has ${shown(now[part])}`;
    });
  return parts.length > 0 ? parts.join('; it ') : undefined;
}
