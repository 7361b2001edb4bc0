import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { OptionError } from '@streamify/core';
import { checkOptions, systemReason } from '@streamify/core/adapter';
import type { ConnectionOptions } from 'snowflake-sdk';

/** Where a warehouse is, and who comes. One of `password`, `privateKey` and `privateKeyFile` is needed. */
export interface SnowflakeConnection {
  /** The account's identifier, such as `myorg-account1`. */
  readonly account: string;
  readonly user: string;
  readonly password?: string;
  /** An unencrypted or encrypted PKCS #8 key in PEM. */
  readonly privateKey?: string;
  /** A file that has such a key. */
  readonly privateKeyFile?: string;
  /** Decrypts the key. */
  readonly passphrase?: string;
  /** Default: the user's. */
  readonly role?: string;
  /** The virtual warehouse that runs the statements. Default: the user's. */
  readonly warehouse?: string;
  readonly database: string;
  /** Holds the tables, and those that account for them. Default `PUBLIC`. */
  readonly schema?: string;
  /** Where the account is reached, as a URL, if not at `https://<account>.snowflakecomputing.com`. */
  readonly url?: string;
}

const names = {
  account: true,
  user: true,
  password: true,
  privateKey: true,
  privateKeyFile: true,
  passphrase: true,
  role: true,
  warehouse: true,
  database: true,
  schema: true,
  url: true,
} as const;

/**
 * Makes the driver's options.
 *
 * @throws OptionError when one is missing, or cannot work. No secret is in its message.
 */
export function driverOptions(connection: SnowflakeConnection): ConnectionOptions {
  checkOptions('openWarehouse', connection, names);
  for (const name of Object.keys(names) as (keyof SnowflakeConnection)[]) {
    const value: unknown = connection[name];
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw new OptionError(`${name} is a text that is not empty`);
  }
  const { account, user, role, warehouse, database, schema = 'PUBLIC', url } = connection;
  for (const [name, value] of Object.entries({ account, user, database }))
    if (value === undefined) throw new OptionError(`a Snowflake warehouse needs ${name}`);
  if (url !== undefined && !URL.canParse(url))
    throw new OptionError(`url is one such as https://myorg-account1.snowflakecomputing.com`);
  return {
    account,
    username: user,
    ...credentials(connection),
    ...(role !== undefined && { role }),
    ...(warehouse !== undefined && { warehouse }),
    database,
    schema,
    ...(url !== undefined && { accessUrl: url }),
    application: 'streamify',
    jsTreatIntegerAsBigInt: true,
    sfRetryMaxLoginRetries: 2,
  };
}

function credentials({
  password,
  privateKey,
  privateKeyFile,
  passphrase,
}: SnowflakeConnection): Partial<ConnectionOptions> {
  const given = { password, privateKey, privateKeyFile };
  const which = Object.entries(given).filter(([, value]) => value !== undefined);
  if (which.length !== 1)
    throw new OptionError(
      `give one of ${Object.keys(given).join(', ')}, got ${which.map(([name]) => name).join(' and ') || 'none'}`,
    );
  if (password !== undefined) return { password };
  return {
    authenticator: 'SNOWFLAKE_JWT',
    privateKey: keyText(privateKey ?? readKey(privateKeyFile as string), passphrase),
  };
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new OptionError(`cannot read the key ${file}: ${systemReason(cause)}`, { cause });
  }
}

/** Decrypts a key: the driver's own errors of one that it cannot read say nothing of why. */
function keyText(pem: string, passphrase: string | undefined): string {
  const isEncrypted = pem.includes('ENCRYPTED');
  if (isEncrypted && passphrase === undefined)
    throw new OptionError('the private key is encrypted: give its passphrase');
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) });
  } catch {
    throw new OptionError(
      isEncrypted
        ? 'the private key cannot be decrypted: is the passphrase right?'
        : 'the private key is no key in PEM, which begins with -----BEGIN PRIVATE KEY-----',
    );
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw new OptionError(`the private key is ${key.asymmetricKeyType}, and Snowflake takes rsa`);
  return key.export({ format: 'pem', type: 'pkcs8' }) as string;
}
