import { createRequire } from 'node:module';
import { OptionError } from '@streamify/core';

type Driver = typeof import('snowflake-sdk');

const require = createRequire(import.meta.url);
let driver: Driver | undefined;

/**
 * Loads Snowflake's driver, when it is first needed: it takes a second.
 *
 * @throws OptionError when it is not installed.
 */
export function loadDriver(): Driver {
  if (driver) return driver;
  try {
    require.resolve('snowflake-sdk');
  } catch (cause) {
    throw new OptionError(
      'a Snowflake warehouse needs the package snowflake-sdk: run `npm install snowflake-sdk@3.3.0`',
      { cause },
    );
  }
  driver = require('snowflake-sdk') as Driver;
  driver.configure({ logLevel: 'OFF', additionalLogToConsole: false });
  return driver;
}
