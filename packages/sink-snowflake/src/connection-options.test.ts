import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OptionError } from '@streamify/core';
import { temporaryFolder } from '@streamify/test-kit';
import { describe, expect, it } from 'vitest';
import { driverOptions, type SnowflakeConnection } from './connection-options.ts';

const place = { account: 'myorg-account1', user: 'LOADER', database: 'MUSIC' };
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const plain = rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
const passphrase = 'a secret of ours';
const encrypted = rsa.privateKey.export({
  format: 'pem',
  type: 'pkcs8',
  cipher: 'aes-256-cbc',
  passphrase,
}) as string;
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

describe('the connection of a Snowflake warehouse', () => {
  it('is by password', () => {
    const options = driverOptions({ ...place, password: 'secret', role: 'LOADING' });
    expect(options).toMatchObject({ username: 'LOADER', password: 'secret', schema: 'PUBLIC' });
    expect(options).toMatchObject({ role: 'LOADING' });
    expect(options).not.toHaveProperty('authenticator');
  });

  it('is by a key, which may be encrypted, and in a file', async () => {
    const file = join(await temporaryFolder(), 'key.p8');
    await writeFile(file, encrypted);
    const given: Partial<SnowflakeConnection>[] = [
      { privateKey: plain },
      { privateKey: encrypted, passphrase },
      { privateKeyFile: file, passphrase },
    ];
    for (const key of given)
      expect(driverOptions({ ...place, ...key })).toMatchObject({
        authenticator: 'SNOWFLAKE_JWT',
        privateKey: plain,
      });
  });

  const wrong: [string, Partial<Record<keyof SnowflakeConnection, unknown>>][] = [
    ['give one of password, privateKey, privateKeyFile, got none', {}],
    ['got password and privateKey', { password: 'secret', privateKey: plain }],
    ['a Snowflake warehouse needs account', { account: undefined, password: 'secret' }],
    ['a Snowflake warehouse needs database', { database: undefined, password: 'secret' }],
    ['user is a text that is not empty', { user: '', password: 'secret' }],
    ['role is a text that is not empty', { role: 5, password: 'secret' }],
    ['url is one such as https://', { url: 'myorg', password: 'secret' }],
    ['the private key is encrypted: give its passphrase', { privateKey: encrypted }],
    ['is the passphrase right?', { privateKey: encrypted, passphrase: 'wrong secret' }],
    ['is no key in PEM', { privateKey: 'secret' }],
    [
      'is ec, and Snowflake takes rsa',
      { privateKey: elliptic.export({ format: 'pem', type: 'pkcs8' }) },
    ],
    [
      'cannot read the key /nowhere/key.p8: it does not exist',
      { privateKeyFile: '/nowhere/key.p8' },
    ],
  ];
  it.each(wrong)('says: %s', (message, options) => {
    const make = () => driverOptions({ ...place, ...options } as SnowflakeConnection);
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
    expect(make).not.toThrow('secret');
  });

  it('refuses an option that it does not have', () => {
    const options = { ...place, password: 'secret', passwort: 'x' };
    expect(() => driverOptions(options)).toThrow('openWarehouse has no option passwort');
  });
});
