import { OptionError } from '@streamify/core';
import { checkOptions } from '@streamify/core/adapter';

/** How a subject's name is made: what a schema shares its history with. */
export const subjectNamings = ['topic', 'record', 'topic-record'] as const;

/**
 * `topic` is `<topic>-value`, one type of event a topic; `record` the schema's full name, one history
 * in all topics; `topic-record` is `<topic>-<full name>`, several types of event a topic.
 */
export type SubjectNaming = (typeof subjectNamings)[number];

const levels = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;

/** Which changes of a schema a registry lets pass. */
export type Compatibility = (typeof levels)[number];

/** Credentials for the registry. */
export type RegistryAuth =
  | { readonly username: string; readonly password: string }
  | { readonly token: string };

/** Options of `confluentRegistry`. */
export interface ConfluentRegistryOptions {
  /** Where Confluent's REST interface is, such as `http://localhost:8081`. Neither credentials nor a query in it. */
  readonly url: string;
  /** A user and password (an API key and its secret, with Confluent Cloud), or a bearer token. Default: none. */
  readonly auth?: RegistryAuth;
  /** Sent with each request, where a provider asks for it. Their values are kept out of messages. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default `topic`. */
  readonly subject?: SubjectNaming;
  /**
   * The level that a subject must have. One without gets it; one that has another makes `register`
   * fail, since others rely on it. Default: the subject's own, else the registry's, and `BACKWARD`
   * where that would be none at all.
   */
  readonly compatibility?: Compatibility;
  /** Milliseconds until a request must be answered in full. Default 10,000. */
  readonly timeout?: number;
  /** Milliseconds for which a registry that is away is waited for, before a call fails. Default 30,000. */
  readonly patience?: number;
}

/** {@link ConfluentRegistryOptions} with its defaults. */
export type CheckedRegistryOptions = ConfluentRegistryOptions &
  Required<Pick<ConfluentRegistryOptions, 'subject' | 'timeout' | 'patience'>>;

/** @throws OptionError when an option cannot work. No message holds a credential. */
export function checkRegistryOptions(options: ConfluentRegistryOptions): CheckedRegistryOptions {
  checkOptions('confluentRegistry', options, {
    url: true,
    auth: true,
    headers: true,
    subject: true,
    compatibility: true,
    timeout: true,
    patience: true,
  });
  const { compatibility, auth } = options;
  const checked = {
    ...options,
    url: checkUrl(options.url),
    subject: options.subject ?? 'topic',
    timeout: options.timeout ?? 10_000,
    patience: options.patience ?? 30_000,
  };
  checkOneOf('subject', checked.subject, subjectNamings);
  if (compatibility !== undefined) checkOneOf('compatibility', compatibility, levels);
  for (const name of ['timeout', 'patience'] as const)
    if (!(checked[name] >= 1 && checked[name] <= 2 ** 31 - 1))
      throw new OptionError(
        `${name} is a number of milliseconds from 1 to ${2 ** 31 - 1}, got ${checked[name]}`,
      );
  if (auth !== undefined && !isAuth(auth))
    throw new OptionError(
      'auth is { username, password } or { token }, each a text of some length',
    );
  checkHeaders(options);
  return checked;
}

function checkUrl(text: string): string {
  const wanted = 'url is where the schema registry is, such as http://localhost:8081';
  // What cannot be parsed is not repeated: it may be a URL with a password in it, mistyped.
  if (!URL.canParse(text)) throw new OptionError(`${wanted}; this one is not a URL`);
  const { protocol, username, password, search, hash, origin, pathname } = new URL(text);
  if (username !== '' || password !== '')
    throw new OptionError(
      `${wanted}, without credentials: give those of ${origin} as auth: { username, password }`,
    );
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new OptionError(`${wanted}, by http or https and not ${protocol.slice(0, -1)}`);
  if (search !== '' || hash !== '')
    throw new OptionError(
      `${wanted}, without a query; requests are made below ${origin}${pathname}`,
    );
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

/** Refuses credentials that cannot be sent: the error of a request would hold their value. */
function checkHeaders({ auth, headers = {} }: ConfluentRegistryOptions): void {
  const token = auth && 'token' in auth ? { 'the token of auth': auth.token } : {};
  for (const [name, value] of Object.entries({ ...token, ...headers })) {
    if (typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value)) continue;
    throw new OptionError(`${name} holds what no HTTP header can; it is printable ASCII`);
  }
  for (const name of Object.keys(headers))
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      throw new OptionError(`headers has no name for an HTTP header: ${JSON.stringify(name)}`);
}

function checkOneOf(name: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value))
    throw new OptionError(`${name} is one of ${choices.join(', ')}, got ${JSON.stringify(value)}`);
}

function isAuth(auth: object): boolean {
  const { username, password, token } = auth as Readonly<Record<string, unknown>>;
  if (token !== undefined) return isText(token) && username === undefined && password === undefined;
  return isText(username) && isText(password);
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.length > 0;
