/** Writes text as UTF-8 and gives its length in bytes. Keys are mostly short and ASCII: those cost no call out of JavaScript. */
export function writeText(buffer: Buffer, position: number, text: string): number {
  const { length } = text;
  if (length > 32) return buffer.write(text, position);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return buffer.write(text, position);
    buffer[position + i] = code;
  }
  return length;
}
