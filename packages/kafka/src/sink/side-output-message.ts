import { type EpochOutput, jsonText } from '@streamify/core/adapter';
import type { Message } from 'kafkajs';

/** Makes a message of an element that was put aside: its JSON, under the name of its output. */
export function sideOutputMessage(
  { output, element, cause }: EpochOutput<unknown>['aside'][number],
  job: string,
): Message {
  return {
    key: output,
    value: Buffer.from(jsonText(element)),
    headers: {
      'streamify-job': job,
      'streamify-topic': cause.topic,
      'streamify-partition': String(cause.partition),
      'streamify-offset': String(cause.offset),
    },
  };
}
