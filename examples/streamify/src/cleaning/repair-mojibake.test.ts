import { describe, expect, it } from 'vitest';
import { repairMojibake } from './repair-mojibake.ts';

const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

describe('repairMojibake', () => {
  it.each([
    'Beyoncé',
    'Sigur Rós',
    'Café Tacvba',
    'Björk',
    '坂本龍一',
    'Дельфин',
    '“quoted”',
    '😀 smile',
  ])('repairs %s read as ISO-8859-1', (name) => {
    expect(repairMojibake(latin1(name))).toBe(name);
  });

  it('repairs what was misread twice', () => {
    expect(repairMojibake(latin1(latin1('Beyoncé')))).toBe('Beyoncé');
  });

  it('repairs what was read as Windows-1252', () => {
    expect(repairMojibake('donâ€™t')).toBe('don’t');
    expect(repairMojibake('naÃ¯ve â€“ cafÃ©')).toBe('naïve – café');
  });

  it.each([
    '',
    'plain',
    'Beyoncé',
    'Mötley Crüe',
    'São Paulo',
    'Ã',
    'Â',
    '£5',
    '坂本龍一',
    '100 € – ok',
  ])('leaves %j alone', (name) => {
    expect(repairMojibake(name)).toBe(name);
  });
});
