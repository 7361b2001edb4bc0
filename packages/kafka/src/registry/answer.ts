import type { Answer } from './exchange.ts';
import { PassingFailure } from './with-patience.ts';

/** The JSON object of an answer, as far as it is one. */
export type Body = Readonly<Record<string, unknown>>;

/** Reads the text of an error answer, short enough for a message. */
export function saying({ status, text }: Answer): string {
  const { message } = bodyOf(text) ?? {};
  const words = typeof message === 'string' ? message : text;
  const line = words.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return `status ${status}${line && `: ${line.length > 300 ? `${line.slice(0, 300)} …` : line}`}`;
}

/**
 * The JSON of an answer with status 200.
 *
 * @throws PassingFailure for another answer: a proxy or a registry that starts up gives such.
 */
export function successOf(answer: Answer): Body {
  const body = bodyOf(answer.text);
  if (answer.status === 200 && body) return body;
  if (answer.status === 200) throw new PassingFailure('it answered something that is no JSON');
  throw new PassingFailure(`it answered ${saying(answer)}`);
}

/**
 * Whether the registry says that it has no such thing. Not every 404 is that: one for a path that
 * nobody serves has no error code of Confluent's, whose last two digits tell what is missing.
 */
export function isMissing({ status, text }: Answer): boolean {
  const code = Number(bodyOf(text)?.['error_code']);
  return status === 404 && code > 40_400 && code < 40_500;
}

function bodyOf(text: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Body)
      : undefined;
  } catch {
    return undefined; // not JSON, which the caller tells in its own words
  }
}
