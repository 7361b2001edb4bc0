import { spawn } from 'node:child_process';

const minutes = 60_000;
/** A step that takes longer hangs, and is ended with all that it started. */
const limit = 30 * minutes;

const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };

/** Runs a script of package.json and gathers its output. */
export function runCommand(root, script, args) {
  const npm = process.env.npm_execpath;
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const started = performance.now();
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, [...before, 'run', '--silent', script, ...args], {
      cwd: root,
      // CI: vitest writes no snapshots; a group of its own: it can be ended as a whole
      env: {
        CI: 'true',
        ...colours,
        ...process.env,
        TURBO_TELEMETRY_DISABLED: '1',
        DO_NOT_TRACK: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const end = (signal) => {
      process.kill(-child.pid, signal);
      process.exit(130);
    };
    const timer = setTimeout(() => {
      output += `\nended after ${limit / minutes} minutes\n`;
      process.kill(-child.pid, 'SIGKILL');
    }, limit);
    process.once('SIGINT', end).once('SIGTERM', end);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      process.off('SIGINT', end).off('SIGTERM', end);
      resolve({ ok: code === 0, output, seconds: (performance.now() - started) / 1000 });
    });
  });
}
