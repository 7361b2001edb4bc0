/** Where a text stops being JSON. Rows and columns count from 1. */
export interface JsonFault {
  readonly row: number;
  readonly column: number;
  /** What was expected there and what was found. */
  readonly problem: string;
}

type Expected = 'value' | 'first item' | 'first name' | 'name' | 'colon' | 'more' | 'end';

const expectedNames: Readonly<Record<Expected, string>> = {
  value: 'a value',
  'first item': 'a value or "]"',
  'first name': 'a name in double quotes or "}"',
  name: 'a name in double quotes',
  colon: '":"',
  more: '","',
  end: 'the end',
};

const space = /[ \t\n\r]*/y;
const token =
  /[{}[\],:]|"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*"|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)(?![\w.+-])/y;

/**
 * Tells where a text is not JSON; undefined when it is. For the message after `JSON.parse` has refused
 * it, whose own words differ from one version of Node to the next.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const open: string[] = [];
  let expected: Expected = 'value';
  for (let at = 0; ; ) {
    at = endOf(space, text, at);
    const end = endOf(token, text, at);
    const found = text.slice(at, end);
    if (found === '' && at === text.length && expected === 'end') return undefined;
    const next: Expected | undefined = found === '' ? undefined : after(expected, found, open);
    if (next === undefined) return faultAt(text, at, expected, open.at(-1));
    [expected, at] = [next, end];
  }
}

/** What may follow a token; undefined where it is not the one expected. Opens and closes what it does. */
function after(expected: Expected, found: string, open: string[]): Expected | undefined {
  const isName = found.startsWith('"');
  const close = (): Expected => {
    open.pop();
    return open.length > 0 ? 'more' : 'end';
  };
  if (expected === 'colon') return found === ':' ? 'value' : undefined;
  if (expected === 'end') return undefined;
  if (expected === 'more' && found === ',') return open.at(-1) === '{' ? 'name' : 'value';
  if (found === '}')
    return open.at(-1) === '{' && (expected === 'more' || expected === 'first name')
      ? close()
      : undefined;
  if (found === ']')
    return open.at(-1) === '[' && (expected === 'more' || expected === 'first item')
      ? close()
      : undefined;
  if (expected === 'more') return undefined;
  if (expected === 'name' || expected === 'first name') return isName ? 'colon' : undefined;
  if (found === '{' || found === '[') {
    open.push(found);
    return found === '{' ? 'first name' : 'first item';
  }
  if (found === ',' || found === ':') return undefined;
  return open.length > 0 ? 'more' : 'end';
}

function faultAt(
  text: string,
  at: number,
  expected: Expected,
  inside: string | undefined,
): JsonFault {
  const before = text.slice(0, at);
  const or = expected === 'more' ? ` or "${inside === '{' ? '}' : ']'}"` : '';
  return {
    row: before.split('\n').length,
    column: at - before.lastIndexOf('\n'),
    problem: `expected ${expectedNames[expected]}${or}, found ${foundAt(text, at)}`,
  };
}

function foundAt(text: string, at: number): string {
  if (at === text.length) return 'the end';
  if (text[at] === '"' && endOf(token, text, at) === at)
    return 'a text that has no end, or something in it that JSON cannot have';
  const [word = ''] = /^(?:[\w.+-]{1,20}|.)/su.exec(text.slice(at, at + 20)) ?? [];
  return JSON.stringify(word);
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
