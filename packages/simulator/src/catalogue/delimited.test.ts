import { describe, expect, test } from 'vitest';
import { DataFileError } from '../errors.ts';
import { type DelimitedFormat, type Row, readRows } from './delimited.ts';

const format: DelimitedFormat = { separator: ',', columns: ['name', 'count'], header: 'none' };
const rows = (lines: readonly string[], more: Partial<DelimitedFormat> = {}) => [
  ...readRows({ file: 'x.csv', lines }, { ...format, ...more }),
];
const names = (list: readonly Row[]) => list.map((row) => row.text('name'));

describe('readRows', () => {
  test('values may be quoted, with separators and quotes inside', () => {
    expect(
      names(
        rows([
          'plain,1',
          '"a, b",1',
          String.raw`"say \"hi\"",1`,
          '"say ""hi""",1',
          'in "the" middle,1',
          String.raw`"ends \"so\"",1`,
        ]),
      ),
    ).toEqual(['plain', 'a, b', 'say "hi"', 'say "hi"', 'in "the" middle', 'ends "so"']);
  });

  test('a header names the columns, in any order', () => {
    const [row] = rows(['count,id,name', '5,x,Ada'], { header: 'named' });
    expect([row?.text('name'), row?.number('count')]).toEqual(['Ada', 5]);
  });

  test('a header that is skipped names nothing, and empty lines are no rows', () => {
    expect(names(rows(['a,b', 'Ada,1', '', 'Bo,2'], { header: 'skipped' }))).toEqual(['Ada', 'Bo']);
  });

  test('numbers may have thousands marked and spaces around them', () => {
    expect(rows(['x;" 1,234 "'], { separator: '\t' }).length).toBe(1);
    const [row] = rows(['x\t 1,234 '], { separator: '\t' });
    expect(row?.number('count')).toBe(1_234);
  });

  test('what may be empty is, and what may not is refused', () => {
    const [row] = rows([',1']);
    expect(row?.maybe('name')).toBe('');
    expect(() => row?.text('name')).toThrow(
      'x.csv, row 1, column 1 (name): expected a value, found nothing',
    );
  });

  test.each([
    ['Ada', 'x.csv, row 2, column 2 (count): expected a value, found the end of the row'],
    ['Ada,many', 'x.csv, row 2, column 2 (count): expected a number of at least 0, found "many"'],
    ['Ada,-1', 'x.csv, row 2, column 2 (count): expected a number of at least 0, found "-1"'],
  ])('the row %j is refused', (line, message) => {
    const [, row] = rows(['Bo,1', line]);
    expect(() => row?.number('count')).toThrow(message);
    expect(() => row?.number('count')).toThrow(DataFileError);
  });

  test('a column that the header lacks is refused', () => {
    expect(() => rows(['name,plays', 'Ada,1'], { header: 'named' })).toThrow(
      'x.csv, row 1: has no column "count"',
    );
  });

  test('signed numbers may be below 0', () => {
    const [row] = rows(['x,-12.5']);
    expect(row?.number('count', 'signed')).toBe(-12.5);
  });
});
