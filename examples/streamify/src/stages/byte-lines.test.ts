import { expect, it } from 'vitest';
import { byteLines, LineTooLong } from './byte-lines.ts';

async function linesOf(...chunks: readonly (string | Buffer)[]): Promise<readonly string[]> {
  async function* input() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const lines: string[] = [];
  for await (const line of byteLines(input())) lines.push(line.toString('latin1'));
  return lines;
}

it('ends lines at line feeds, wherever the chunks end', async () => {
  const text = 'one\r\ntwo\n\nthree\rstill three\r\n';
  for (let at = 0; at <= text.length; at++)
    expect(await linesOf(text.slice(0, at), text.slice(at))).toEqual([
      'one',
      'two',
      '',
      'three\rstill three',
    ]);
});

it('has a last line without an end, and none behind an end', async () => {
  expect(await linesOf('one\ntwo')).toEqual(['one', 'two']);
  expect(await linesOf('one\n')).toEqual(['one']);
  expect(await linesOf()).toEqual([]);
});

it('leaves bytes as they are, and what Unicode calls a line separator', async () => {
  expect(await linesOf(Buffer.of(0xe9, 0xff, 10, 0x80))).toEqual(['\u00e9\u00ff', '\u0080']);
  expect(await linesOf('a\u2028b')).toEqual([Buffer.from('a\u2028b').toString('latin1')]);
});

it('refuses what has no lines, before it fills memory', async () => {
  const chunks = Array.from({ length: 20 }, () => Buffer.alloc(1024 * 1024, 'x'));
  await expect(linesOf(...chunks)).rejects.toThrow(LineTooLong);
});
