import { help, parseOptions } from './options.ts';
import { runPipeline, Stopped } from './pipeline.ts';
import { runCommand } from './run-command.ts';

const [stop, hurry] = [new AbortController(), new AbortController()];
let isLive = false;

await runCommand({
  onSignal() {
    if (hurry.signal.aborted || (stop.signal.aborted && !isLive)) process.exit(130);
    if (stop.signal.aborted) return hurry.abort();
    // A live run says itself what it does then.
    if (!isLive)
      process.stderr.write(
        '\nstopping: what is under way is being committed; once more to stop at once\n',
      );
    stop.abort();
  },
  async run(args) {
    const options = parseOptions(args);
    if (options.help) return void process.stdout.write(`${help}\n`);
    isLive = options.continuous;
    if (await runPipeline(options, { stop: stop.signal, hurry: hurry.signal })) return;
    process.stderr.write(
      '\nthe numbers do not add up: please report this, with the output above\n',
    );
    process.exitCode = 1;
  },
  endingOf: (cause) =>
    cause instanceof Stopped
      ? { text: 'stopped: run it again to go on from here', code: 130 }
      : undefined,
});
