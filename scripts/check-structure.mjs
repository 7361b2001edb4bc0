#!/usr/bin/env node
// Keeps the folders what they are: no circle of files, no import upwards, nothing that fills more than a screen or two.
import { join } from 'node:path';
import { findCircles } from './structure/find-circles.mjs';
import { findCrossings } from './structure/find-crossings.mjs';
import { findGiants } from './structure/find-giants.mjs';
import { sources } from './structure/sources.mjs';

const files = sources(join(import.meta.dirname, '..'));
const faults = [
  ...findCircles(files).map((circle) => `a circle of files: ${circle.join(', ')}`),
  ...findCrossings(files),
  ...findGiants(files),
];
for (const fault of faults) console.error(fault);
console.log(`structure: ${files.size} files, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
