import { existsSync, readFileSync, rmSync } from 'node:fs';
import { writeWhole } from '../data-dir.ts';
import type { KafkaPlace } from '../kafka/kafka-place.ts';

/** Where a live run is: what those need who join it. */
export interface LivePlace extends KafkaPlace {
  readonly run: string;
  /** The process that lands it. */
  readonly pid: number;
}

/** Tells those who may join where the run is; the end of this process, however it comes, takes that back. */
export function announce(file: string, place: LivePlace): { readonly end: () => void } {
  writeWhole(file, place);
  return { end: () => rmSync(file, { force: true }) };
}

/** Where the run is that is live now; `undefined` when none is. */
export function livePlace(file: string): LivePlace | undefined {
  if (!existsSync(file)) return undefined;
  const place = JSON.parse(readFileSync(file, 'utf8')) as LivePlace;
  return isAlive(place.pid) ? place : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
