import { OptionError } from '@streamify/core';
import { describe, expect, it } from 'vitest';
import { type ConfluentRegistryOptions, checkRegistryOptions } from './registry-options.ts';

const url = 'http://localhost:8081';
const refusal = (options: Partial<ConfluentRegistryOptions>): string => {
  try {
    checkRegistryOptions({ url, ...options });
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
    return (error as Error).message;
  }
};

describe('checkRegistryOptions', () => {
  it('fills in what was left out, and takes slashes off the end of the URL', () => {
    expect(checkRegistryOptions({ url: `${url}/apis/ccompat/v7//` })).toEqual({
      url: `${url}/apis/ccompat/v7`,
      subject: 'topic',
      timeout: 10_000,
      patience: 30_000,
    });
  });

  it.each([
    ['http://ann:s3cret@reg:8081', 'give those of http://reg:8081 as auth'],
    ['https://:s3cret@reg', 'give those of https://reg as auth'],
    ['http://reg/?apikey=s3cret', 'without a query; requests are made below http://reg/'],
    ['http://reg/#s3cret', 'without a query'],
    ['ann:s3cret@reg:8081', 'by http or https and not ann'],
    ['//ann:s3cret@reg', 'this one is not a URL'],
    ['', 'this one is not a URL'],
    ['ftp://reg', 'by http or https and not ftp'],
  ])('refuses the url %j without repeating what may be secret', (wrong, message) => {
    const refused = refusal({ url: wrong });
    expect(refused).toContain(message);
    expect(refused).not.toContain('s3cret');
  });

  it.each<[Partial<ConfluentRegistryOptions>, string]>([
    [{ timeout: 0 }, 'timeout is a number of milliseconds from 1 to 2147483647, got 0'],
    [{ patience: Number.POSITIVE_INFINITY }, 'patience is a number of milliseconds'],
    [{ timeout: Number.NaN }, 'got NaN'],
    [
      { subject: 'topics' as 'topic' },
      'subject is one of topic, record, topic-record, got "topics"',
    ],
    [{ compatibility: 'backward' as 'BACKWARD' }, 'compatibility is one of NONE, BACKWARD,'],
    [{ auth: {} as { token: string } }, 'auth is { username, password } or { token }'],
    [{ auth: { token: '' } }, 'auth is { username, password } or { token }'],
    [{ auth: { username: 'ann' } as { token: string } & { username: string } }, 'auth is {'],
    [{ pasience: 1 } as object, 'confluentRegistry has no option pasience: did you mean patience?'],
    [{ headers: { 'x y': '1' } }, 'headers has no name for an HTTP header: "x y"'],
  ])('refuses %j', (options, message) => {
    expect(refusal(options)).toContain(message);
  });

  it.each<Partial<ConfluentRegistryOptions>>([
    { auth: { token: 's3cret\n' } },
    { headers: { 'x-key': 's3crét' } },
  ])('refuses what no header can hold, and does not repeat it', (options) => {
    const refused = refusal(options);
    expect(refused).toContain('holds what no HTTP header can');
    expect(refused).not.toMatch(/s3cr/);
  });
});
