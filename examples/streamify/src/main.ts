import { exitWhenOrphaned } from './exit-when-orphaned.ts';
import { failureText } from './failure-text.ts';
import { help, parseOptions } from './options.ts';
import { runPipeline, Stopped } from './pipeline.ts';

exitWhenOrphaned();
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code !== 'EPIPE') throw cause;
  process.exit(1); // nobody reads any more, as after `| head`: ending at any moment is safe
});
/** Clears a progress bar that stands on the terminal. */
const clearLine = process.stderr.isTTY ? '\r\x1b[K' : '';
const [stop, hurry] = [new AbortController(), new AbortController()];
let isLive = false;
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => {
    if (hurry.signal.aborted || (stop.signal.aborted && !isLive)) process.exit(130);
    if (stop.signal.aborted) return hurry.abort();
    // A live run says itself what it does then.
    if (!isLive)
      process.stderr.write(
        '\nstopping: what is under way is being committed; once more to stop at once\n',
      );
    stop.abort();
  });

try {
  const options = parseOptions(process.argv.slice(2));
  isLive = options.continuous;
  const signals = { stop: stop.signal, hurry: hurry.signal };
  if (options.help) process.stdout.write(`${help}\n`);
  else if (!(await runPipeline(options, signals))) {
    process.stderr.write(
      '\nthe numbers do not add up: please report this, with the output above\n',
    );
    process.exitCode = 1;
  }
} catch (cause) {
  process.exitCode = 1;
  if (cause instanceof Stopped) {
    process.stderr.write(`${clearLine}stopped: run it again to go on from here\n`);
    process.exitCode = 130;
  } else {
    const text = failureText(cause);
    if (text === undefined) throw cause;
    process.stderr.write(`${clearLine}error: ${text}\n`);
  }
}
