import { describe, expect, it } from 'vitest';
import { OptionError } from '../../contract/errors.ts';
import { encodeBlocks, maxBlockLength, readBlock } from './block.ts';

const record = (length: number) => ({ key: 'a', value: Buffer.alloc(length, 7) });

describe('encodeBlocks', () => {
  it('gives a header that readBlock takes', () => {
    const [block = Buffer.of()] = encodeBlocks([record(10), record(0)], 2 ** 40, 1.5e12);
    expect(readBlock(block, 0, 2 ** 40)).toEqual({
      length: block.length,
      count: 2,
      baseOffset: 2 ** 40,
      loggedAt: 1.5e12,
    });
  });

  it('splits a large append into blocks of at most a mebibyte, with consecutive offsets', () => {
    const blocks = encodeBlocks(
      Array.from({ length: 50 }, () => record(100_000)),
      5,
      0,
    );
    let offset = 5;
    for (const block of blocks) {
      expect(block.length).toBeLessThanOrEqual(maxBlockLength);
      const header = readBlock(block, 0, offset);
      if (typeof header === 'string') throw new Error(header);
      offset += header.count;
    }
    expect(blocks.length).toBe(5);
    expect(offset).toBe(55);
  });

  it('gives a larger record a block of its own', () => {
    const blocks = encodeBlocks([record(10), record(3_000_000), record(10)], 0, 0);
    expect(blocks.map(({ length }) => length)).toEqual([55, 3_000_045, 55]);
  });

  it('refuses a header that is no text', () => {
    const headers = { line: 5 as never };
    expect(() => encodeBlocks([{ ...record(1), headers }], 0, 0)).toThrow(
      new OptionError('header line is number, neither text nor bytes'),
    );
  });
});

describe('readBlock', () => {
  it('notices each flipped bit, and a block at the wrong offset', () => {
    const [block = Buffer.of()] = encodeBlocks([record(3)], 7, 1);
    expect(readBlock(block, 0, 8)).toBe('a block for offset 7, not 8');
    for (let bit = 0; bit < 8 * block.length; bit++) {
      const damaged = Buffer.from(block);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(typeof readBlock(damaged, 0, 7), `bit ${bit}`).toBe('string');
    }
  });
});
