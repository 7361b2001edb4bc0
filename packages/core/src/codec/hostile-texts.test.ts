import { describe, expect, it } from 'vitest';
import { jsonText } from '../adapter/json-text.ts';
import { SchemaError } from '../contract/errors.ts';
import { decodeState, encodeState } from '../state/state-encoding.ts';
import { avroDecoder, avroEncoder } from './avro-codec.ts';
import { defineEvent } from './define-event.ts';
import { memoryRegistry } from './memory-registry.ts';

const Tagged = defineEvent(
  {
    type: 'record',
    name: 'Tagged',
    fields: [
      { name: 'at', type: 'long' },
      { name: 'text', type: ['null', 'string'] },
      { name: 'tags', type: { type: 'map', values: { type: 'map', values: 'string' } } },
    ],
  },
  { time: 'at', key: 'at' },
);

/** What is read of an event with these. */
async function read(text: string, tags: Readonly<Record<string, Record<string, string>>>) {
  const registry = memoryRegistry();
  const id = await registry.register('tagged-value', Tagged.schema);
  const record = { value: avroEncoder(Tagged, id).encode({ at: 1, text, tags }) };
  const decoder = avroDecoder(Tagged, registry);
  await decoder.prepare([record]);
  return decoder.decode(record);
}

/** As JSON.parse gives it: keys that are the object's own. */
const tags = JSON.parse(
  '{"__proto__":{"__proto__":"a","b":"c"},"constructor":{},"toString":{"":"x"},"hasOwnProperty":{"\\u0000":"\\u0000"}}',
) as Readonly<Record<string, Record<string, string>>>;

describe('a map', () => {
  it('keeps keys that objects have a meaning for, through codec, state and JSON', async () => {
    const value = await read('', tags);
    expect(JSON.stringify(value.tags)).toBe(JSON.stringify(tags));
    expect(Object.getPrototypeOf(value.tags)).toBe(Object.prototype);
    const writes = [{ segment: 0, keys: ['k'], values: [value] }];
    const change = { table: 't', drops: [], deletes: [], writes };
    const restored = decodeState(encodeState({ kind: 'snapshot', changes: [change] }));
    const [again] = restored.changes[0]?.writes[0]?.values ?? [];
    expect(JSON.stringify(again)).toBe(JSON.stringify({ at: 1, text: '', tags }));
    expect(jsonText(again)).toBe(JSON.stringify(again));
  });
});

describe('half a surrogate pair', () => {
  const long = 'x'.repeat(100);
  it.each([
    ['\ud800', '\ufffd'],
    ['\udc00\ud800', '\ufffd\ufffd'],
    ['a\ud83cb🎵\udfb5', 'a\ufffdb🎵\ufffd'],
    [`${long}\ud800${long}`, `${long}\ufffd${long}`],
  ])('is one replacement character, in a text, a key and JSON: %j', async (text, shown) => {
    const value = await read(text, { [text]: { [text]: text } });
    expect(value).toStrictEqual({ at: 1, text: shown, tags: { [shown]: { [shown]: shown } } });
    expect(jsonText({ [text]: [text] })).toBe(JSON.stringify({ [shown]: [shown] }));
  });

  it('is not what a backslash in a text looks like', () => {
    const text = '\\ud800 \\\\ud800 \\"\ud800\\';
    expect(JSON.parse(jsonText(text))).toBe(text.toWellFormed());
  });
});

describe('a field called __proto__', () => {
  it('is refused, since no object could have it', () => {
    const fields = [
      { name: 'at', type: 'long' },
      { name: '__proto__', type: 'long' },
    ] as const;
    const define = () =>
      defineEvent({ type: 'record', name: 'Odd', fields }, { time: 'at', key: 'at' });
    expect(define).toThrow(SchemaError);
    expect(define).toThrow(/field called __proto__ cannot be one of an object/);
  });
});
