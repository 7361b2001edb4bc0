import type { CarriedWatermark } from '../contract/carried-watermark.ts';
import { CodecError } from '../contract/errors.ts';
import type { LogRecord, NewRecord } from '../contract/event-log.ts';
import { headerText } from '../contract/headers.ts';

const WATERMARK = 'streamify-watermark';
const WRITER = 'streamify-writer';
const WRITERS = 'streamify-writers';

/** Makes the record by which a task tells the readers of its topic how far it has come. It has no value and is no event. */
export function watermarkRecord({ writer, writers, watermark }: CarriedWatermark): NewRecord {
  return {
    key: writer,
    value: new Uint8Array(),
    headers: {
      [WATERMARK]: String(watermark),
      [WRITER]: writer,
      [WRITERS]: String(writers),
    },
  };
}

/** Tells a watermark from an event. */
export function isWatermarkRecord({ value, headers }: LogRecord): boolean {
  return (
    headers !== undefined && value.length === 0 && headerText(headers, WATERMARK) !== undefined
  );
}

/** @throws CodecError when the record's headers are not what {@link watermarkRecord} writes. */
export function readWatermark({ headers }: LogRecord): CarriedWatermark {
  const textOf = (name: string) => headerText(headers, name) ?? '';
  const [text, writer, count] = [textOf(WATERMARK), textOf(WRITER), textOf(WRITERS)];
  const watermark = text === '' ? Number.NaN : Number(text);
  const writers = Number(count);
  if (Number.isNaN(watermark) || !writer.includes('/') || !(writers >= 1 && writers % 1 === 0))
    throw new CodecError(
      `cannot read a watermark from the headers ${JSON.stringify(headers)}: it needs a number, a writer <job>/<partition> and the number of writers`,
    );
  return { writer, writers, watermark };
}
