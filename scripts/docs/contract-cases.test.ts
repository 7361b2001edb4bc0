import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryLog } from '@streamify/core';
import { logContract, sinkContract, warehouseContract } from '@streamify/core/testing';
import { describe, expect, it } from 'vitest';
import { root } from './pages.ts';

const page = readFileSync(join(root, 'docs/guide/contract-cases.md'), 'utf8');
const open = () => Promise.reject(new Error('no case is run here'));
const suites = {
  sinkContract: sinkContract({ open, faults: ['midway', 'reply lost'] }),
  logContract: logContract({ open: async () => memoryLog(), reopen: async (log) => log }),
  warehouseContract: warehouseContract({ open }),
};

/** The names in the last column of a section's table. */
function namesIn(suite: string): readonly string[] {
  const [, section = ''] = page.split(`## \`${suite}\``);
  const [table = ''] = section.split('\n## ');
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((row) => row.split(' | ').at(-1)?.replace(/ \|$/, '') ?? '');
}

describe('the page of promises', () => {
  it.each(Object.entries(suites))('has each case of %s once', (suite, cases) => {
    expect(namesIn(suite)).toEqual(cases.map(({ name }) => name));
  });
});
