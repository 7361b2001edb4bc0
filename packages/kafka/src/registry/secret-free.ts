import type { ConfluentRegistryOptions } from './registry-options.ts';

/** Blanks out credentials in a text that is meant for a message. */
export function secretFree({
  auth,
  headers = {},
}: Pick<ConfluentRegistryOptions, 'auth' | 'headers'>): (text: string) => string {
  const secrets = Object.values(headers);
  if (auth && 'token' in auth) secrets.push(auth.token);
  if (auth && 'username' in auth) {
    const pair = `${auth.username}:${auth.password}`;
    secrets.push(Buffer.from(pair).toString('base64'), auth.password);
  }
  return (text) =>
    secrets
      // What is shorter is no secret, and would blank out words.
      .filter((secret) => secret.length > 3)
      .reduce((cleaner, secret) => cleaner.replaceAll(secret, '***'), text);
}
