import { describe, expect, test } from 'vitest';
import { duration, showProgress } from './progress.ts';

const start = Date.UTC(2026, 2, 2);
const hour = 3_600_000;

function shown(isTTY: boolean, end = start + 10 * hour) {
  let now = 0;
  const text: string[] = [];
  const output = { isTTY, columns: 60, write: (part: string) => text.push(part) };
  const progress = showProgress(output, { start, end }, () => now);
  return {
    text,
    progress,
    pass: (millis: number) => {
      now += millis;
    },
  };
}

describe('progress', () => {
  test('is one line that is redrawn on a terminal', () => {
    const { text, progress, pass } = shown(true);
    progress.update(start, 0);
    for (let i = 1; i <= 10; i++) {
      pass(100);
      progress.update(start + i * (hour / 2), i * 1_000);
    }
    progress.clear();
    expect(text.at(-1)).toBe('\r\x1b[K');
    expect(text.at(-2)).toBe('\r\x1b[K2026-03-02 05:00:00  10,000 events  10,000/s  1 s left');
    expect(text.length).toBeLessThan(8);
    expect(text.every((part) => !part.includes('\n'))).toBe(true);
  });

  test('is a plain line every ten seconds elsewhere, and no time is left without an end', () => {
    const { text, progress, pass } = shown(false, Number.POSITIVE_INFINITY);
    for (let i = 0; i <= 25; i++) {
      progress.update(start + i * hour, i * 100);
      pass(1_000);
    }
    expect(text).toEqual([
      '2026-03-02 10:00:00  1,000 events  100/s\n',
      '2026-03-02 20:00:00  2,000 events  100/s\n',
    ]);
  });

  test.each([
    [900, '1 s'],
    [61_000, '1 min 1 s'],
    [2 * hour + 300_000, '2 h 5 min'],
  ])('%i ms are %s', (millis, text) => {
    expect(duration(millis)).toBe(text);
  });
});
