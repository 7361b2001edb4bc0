/** What a person or a script may give to an option by mistake. */
export const hostileValues = {
  nothing: '',
  'a space': ' ',
  '-1': '-1',
  '0': '0',
  'a fraction': '0.5',
  NaN: 'NaN',
  'beyond all numbers': '1e309',
  'beyond 2^53': '9007199254740993',
  'a very long number': '9'.repeat(10_000),
  'a very long text': 'x'.repeat(10_000),
  'the folder above': '../',
  quotes: `'";$(exit 9)\``,
  unicode: 'Beyonc\u00e9 \u202e\u{1f3b5}',
  'two lines': 'a\nb',
} as const;

export type HostileValue = keyof typeof hostileValues;

/** The values that a command line accepts for an option: what it refuses, it refuses in one short line of ours. */
export function acceptedValues(
  option: string,
  parse: (args: readonly string[]) => unknown,
  isOurs: (error: unknown) => boolean,
): readonly HostileValue[] {
  const names = Object.keys(hostileValues) as HostileValue[];
  return names.filter((name) => {
    try {
      parse([`--${option}=${hostileValues[name]}`]);
      return true;
    } catch (error) {
      const { message } = error as Error;
      if (!isOurs(error))
        throw new Error(`--${option}, ${name}: not of ours: ${message}`, { cause: error });
      if (message.includes('\n') || message.length > 400)
        throw new Error(`--${option}, ${name}: not one short line: ${message.slice(0, 500)}`);
      return false;
    }
  });
}
