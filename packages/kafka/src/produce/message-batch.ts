import type { Message } from 'kafkajs';

/** What still fits into a batch. */
export interface BatchRoom {
  messages: number;
  bytes: number;
  isEmpty: boolean;
}

/** How far messages fit, from the one at `from` on. The first of a batch always does. */
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
function sizeOf({ key, value, headers }: Message): number {
  let size = 32 + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) size += 8 + name.length + (headers[name]?.length ?? 0);
  return size;
}
