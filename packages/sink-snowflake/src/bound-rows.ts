/** Characters of the rows that one statement takes. Snowflake parses 16 MB at once. */
const mostCharacters = 4_000_000;

/** Rows as lists of texts, and the place of each. */
export type TextRow = readonly (string | null)[];

/** What rows are bound as: a JSON array of them, which fits a statement. */
export function* chunksOf(rows: Iterable<TextRow>): Generator<string> {
  let chunk: string[] = [];
  let characters = 0;
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (chunk.length > 0 && characters + text.length > mostCharacters) {
      yield `[${chunk.join(',')}]`;
      chunk = [];
      characters = 0;
    }
    chunk.push(text);
    characters += text.length + 1;
  }
  if (chunk.length > 0) yield `[${chunk.join(',')}]`;
}

/** The rows that a statement finds in its first binding: `item(i)` is the text at place `i` of each. */
export const boundRows = 'table(flatten(input => parse_json(?))) r';

/** The text at a place of a row in {@link boundRows}. */
export function item(place: number): string {
  return `r.value[${place}]::varchar`;
}
