/** A value as a message shows it: one line, and not a long one. */
export function quoted(value: string): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
