import { simulateBatches } from '@streamify/simulator';
import { measure, report } from './measure.ts';

const users = Number(process.env['STREAMIFY_BENCH_USERS'] ?? 5_000);

const cost = await measure('simulate, all four topics', 3, async () => {
  let records = 0;
  for (const { events } of simulateBatches({ users, days: 30, seed: 1 }))
    for (const list of Object.values(events)) records += list.length;
  return records;
});
report(`Simulation of ${users.toLocaleString('en-US')} listeners over 30 days`, [cost]);
