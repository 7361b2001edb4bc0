import { joinLive } from './live/join-live.ts';
import { parseWorkerOptions, workerHelp } from './live/worker-options.ts';
import { runCommand } from './run-command.ts';

const stop = new AbortController();

await runCommand({
  onSignal() {
    if (stop.signal.aborted) process.exit(130);
    process.stderr.write('\nleaving: what is under way is being committed\n');
    stop.abort();
  },
  async run(args) {
    const options = parseWorkerOptions(args);
    if (options.help) process.stdout.write(`${workerHelp}\n`);
    else await joinLive(options, stop.signal);
  },
});
