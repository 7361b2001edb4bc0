import type { Message } from 'kafkajs';

/** The room that a batch still has. */
export interface BatchRoom {
  messages: number;
  bytes: number;
  isEmpty: boolean;
}

/** Gives the index behind the last message that fits, from the one at `from` on. The first of a batch always fits. */
export function endOfBatch(messages: readonly Message[], from: number, room: BatchRoom): number {
  let end = from;
  for (; end < messages.length && room.messages > 0; end++) {
    const size = sizeOf(messages[end] as Message);
    if (size > room.bytes && !room.isEmpty) break;
    room.bytes -= size;
    room.messages--;
    room.isEmpty = false;
  }
  return end;
}

/** Bytes of a message in a request, about. */
export function sizeOf({ key, value, headers }: Message): number {
  let size = 32 + bytesOf(key) + bytesOf(value);
  for (const name in headers)
    for (const each of [headers[name]].flat()) size += 8 + bytesOf(name) + bytesOf(each);
  return size;
}

/** Texts go out in UTF-8, which may have three bytes for a character. */
function bytesOf(content: Buffer | string | null | undefined): number {
  if (typeof content === 'string') return Buffer.byteLength(content);
  return content?.length ?? 0;
}
