import { bench, describe } from 'vitest';
import { defaultCatalogue } from './catalogue/default-catalogue.ts';
import { simulate, simulateBatches } from './simulate.ts';
import type { SimulationOptions } from './simulation-options.ts';

const options: SimulationOptions = {
  users: 1_000,
  days: 30,
  seed: 5,
  catalogue: defaultCatalogue(),
};

function countBatches(): number {
  let records = 0;
  for (const { events } of simulateBatches(options))
    for (const list of Object.values(events)) records += list.length;
  return records;
}

async function countSingly(): Promise<number> {
  let records = 0;
  for await (const _ of simulate(options)) records++;
  return records;
}

// Everything happens in one thread: the time of a run is CPU time.
describe(`${countBatches()} records of 1,000 users over 30 days`, () => {
  bench('in batches', () => {
    countBatches();
  });

  bench('one at a time', async () => {
    await countSingly();
  });

  bench('start-up: one user for an hour', () => {
    for (const _ of simulateBatches({ ...options, users: 1, days: 1 / 24 }));
  });
});
