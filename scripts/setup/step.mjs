import { spawn } from 'node:child_process';
import { SetupError } from './errors.mjs';

const lastLines = 25;
const quiet = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', PIP_NO_INPUT: '1' };

/** Runs one command of the set-up: a line when it starts, and its last lines when it fails. */
export async function step(name, command, args, options) {
  console.log(`set-up: ${name} …`);
  const { code, output } = await run(command, args, options);
  if (code === 0) return;
  const tail = output.trimEnd().split('\n').slice(-lastLines).join('\n');
  throw new SetupError(
    `${name} failed: ${[command, ...args].join(' ')} ended with ${code}.\n${tail}`,
  );
}

function run(command, args, options) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      ...options,
      env: { ...process.env, ...quiet },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => resolve({ code: error.code, output: error.message }));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}
