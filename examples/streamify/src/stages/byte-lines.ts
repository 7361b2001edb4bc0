/** More is no line of events. */
const longest = 16 * 1024 * 1024;

/** A line is longer than any event: it would take all memory before it ends. */
export class LineTooLong extends Error {}

/**
 * The lines of a file as bytes, without what ends them (LF or CR LF).
 *
 * As bytes, so that nothing is replaced that is not UTF-8, and so that only a line feed ends a line:
 * JSON may have U+2028 inside a text.
 *
 * @throws LineTooLong
 */
export async function* byteLines(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let before: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const rest = chunk.subarray(from, end);
      yield withoutReturn(before.length === 0 ? rest : Buffer.concat([...before, rest]));
      [before, length, from] = [[], 0, end + 1];
    }
    if (from === chunk.length) continue;
    before.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > longest) throw new LineTooLong(`is longer than ${longest} bytes`);
  }
  if (length > 0) yield withoutReturn(Buffer.concat(before));
}

const withoutReturn = (line: Buffer) => (line.at(-1) === 13 ? line.subarray(0, -1) : line);
