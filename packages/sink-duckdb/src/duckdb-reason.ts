/** What DuckDB says, in one line and without its kind of error. */
export function duckdbReason(message: string): string {
  const [line = ''] = message.split('\n');
  return line.replace(/^(?:[A-Z]\w+ )+Error: /, '');
}
