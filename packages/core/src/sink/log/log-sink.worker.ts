import { join } from 'node:path';
import { targetPartition } from '../../adapter/target-partition.ts';
import { typedTopic } from '../../adapter/typed-topic.ts';
import type { EventLog } from '../../contract/event-log.ts';
import { nodeFolder } from '../../durable/node-folder.ts';
import { naiveLogSink } from '../../fixtures/naive-log-sink.ts';
import { Play } from '../../fixtures/plays-log.ts';
import { run } from '../../job/run.ts';
import { fileLog } from '../../log/file/file-log.ts';
import { LogAppender } from './log-appender.ts';
import { appendingSink } from './log-sink.ts';

/*
 * A process that the tests of the log sink start: `node worker.mjs <dir> <point> <sink>`. It gives
 * plays a new key and kills itself at a point of the third append; with the point `never` it ends.
 */

const [dir = '', point, kind] = process.argv.slice(2);
const log = await fileLog({ dir: join(dir, 'log'), durability: 'os' });
await log.createTopic('target', { partitions: 3 });

async function die(): Promise<void> {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}

let appends = 0;
const deadly: EventLog = {
  ...log,
  async publish(topic, records) {
    if (point === 'never' || ++appends < 3) return log.publish(topic, records);
    if (point === 'before') await die();
    const first = records.filter((record) => targetPartition(topic, 3, record) < 2);
    await log.publish(topic, point === 'within' ? first : records);
    await die();
  },
};

const target = typedTopic(deadly, 'target', Play);
const folder = nodeFolder(join(dir, 'target'));
await run({
  name: 'rekey',
  from: log.topic('plays', Play),
  through: (plays$) => plays$,
  into:
    kind === 'naive'
      ? naiveLogSink(target, folder, 'append first')
      : appendingSink(target, new LogAppender(deadly, folder)),
  atEnd: 'stop',
  epoch: { maxRecords: 20 },
});
await log.close();
