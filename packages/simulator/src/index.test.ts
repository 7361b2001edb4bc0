import { expect, test } from 'vitest';
import * as simulator from './index.ts';

test('the public names are these', () => {
  expect(Object.keys(simulator).sort()).toMatchInlineSnapshot(`
    [
      "ConfigError",
      "DataFileError",
      "Random",
      "SimulationError",
      "State",
      "WeightedChoice",
      "defaultCatalogue",
      "defaultConfig",
      "dueTime",
      "generateSongs",
      "isDayOff",
      "loadCatalogue",
      "loadConfig",
      "parseConfig",
      "sessionClock",
      "simulate",
      "simulate$",
      "simulateBatches",
      "stateMachine",
      "systemClock",
      "usHolidays",
    ]
  `);
});
