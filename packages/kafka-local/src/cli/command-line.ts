import { parseArgs } from 'node:util';
import { OptionError } from '@streamify/core';
import { standardPorts } from '../standard-ports.ts';

const commands = ['start', 'stop', 'status', 'fetch'] as const;

/** What the launcher is told to do. */
export type Command = (typeof commands)[number];

/** The command line, read and with its defaults. */
export interface CommandLine {
  readonly help: boolean;
  readonly command: Command;
  readonly dir: string;
  readonly port: number;
  readonly registryPort: number;
  readonly registry: boolean;
  readonly heap: string;
  readonly foreground: boolean;
}

/** What the launcher takes. */
export const commandOptions = {
  dir: { type: 'string', default: '.streamify/kafka' },
  port: { type: 'string', default: `${standardPorts.broker}` },
  'registry-port': { type: 'string', default: `${standardPorts.registry}` },
  'no-registry': { type: 'boolean', default: false },
  heap: { type: 'string', default: '1g' },
  foreground: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @throws OptionError for what is not known or has a value that cannot work. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  const { help, foreground } = values;
  const [command, ...more] = positionals;
  if (!help && !isCommand(command))
    throw new OptionError(
      `${command === undefined ? 'no command' : `unknown command "${command}"`}: say ${commands.join(', ')} or --help`,
    );
  if (more.length > 0) throw new OptionError(`"${more[0]}" is one command too many: say one`);
  return {
    help,
    command: isCommand(command) ? command : 'status',
    dir: values.dir,
    port: portOf('--port', values.port),
    registryPort: portOf('--registry-port', values['registry-port']),
    registry: !values['no-registry'],
    heap: values.heap,
    foreground,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: commandOptions,
    });
  } catch (cause) {
    const [what] = (cause as Error).message.split('. ');
    throw new OptionError(`${what}; --help tells what there is`, { cause });
  }
}

function isCommand(text: string | undefined): text is Command {
  return commands.some((command) => command === text);
}

function portOf(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new OptionError(
    `${option} is ${JSON.stringify(text.slice(0, 100))}: a port is a whole number from 1 to 65535`,
  );
}
