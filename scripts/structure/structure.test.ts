import { describe, expect, it } from 'vitest';
import { findCircles } from './find-circles.mjs';
import { findCrossings } from './find-crossings.mjs';
import { findGiants } from './find-giants.mjs';

type Files = Readonly<
  Record<string, { readonly text?: string; readonly imports?: readonly string[] }>
>;

const filesOf = (files: Files) =>
  new Map(
    Object.entries(files).map(([path, { text = '', imports = [] }]) => [path, { text, imports }]),
  );
const core = (path: string) => `packages/core/src/${path}.ts`;

describe('the check of the structure', () => {
  it('finds circles of files, and no others', () => {
    const files = filesOf({
      a: { imports: ['b'] },
      b: { imports: ['c', 'd'] },
      c: { imports: ['a'] },
      d: { imports: ['e'] },
      e: { imports: ['elsewhere'] },
    });
    expect(findCircles(files)).toEqual([['a', 'b', 'c']]);
  });

  it('finds imports upwards, across, and from a folder without a room', () => {
    const files = filesOf({
      [core('contract/sink')]: { imports: [core('task/task')] },
      [core('log/memory/memory-log')]: { imports: [core('log/file/block'), core('adapter/x')] },
      [core('log/file/block')]: { imports: [core('log/file/segment')] },
      [core('log/file/segment')]: {},
      [core('task/task')]: { imports: [core('contract/sink')] },
      [core('adapter/x')]: {},
      [core('cellar/y')]: {},
      [core('index')]: { imports: [core('task/task')] },
    });
    expect(findCrossings(files)).toEqual([
      `${core('contract/sink')} imports ${core('task/task')}: contract stands below or beside task`,
      `${core('log/memory/memory-log')} imports ${core('log/file/block')}: log/memory stands below or beside log/file`,
      `${core('cellar/y')} is in no folder of scripts/structure/layers.mjs: give it a room`,
    ]);
  });

  it('finds functions and classes that are too long and give no reason', () => {
    const lines = (count: number) => 'call();\n'.repeat(count);
    const text = [
      `function long() {\n${lines(59)}}`,
      `function fits() {\n${lines(58)}}`,
      `/** Long because it is a table. */\nfunction table() {\n${lines(80)}}`,
      `class Large {\n${'m() {}\n'.repeat(149)}}`,
    ].join('\n');
    expect(findGiants(filesOf({ 'a.ts': { text } }))).toEqual([
      expect.stringContaining('a.ts:1: function long has 61 lines, more than 60'),
      expect.stringContaining('class Large has 151 lines, more than 150'),
    ]);
  });
});
