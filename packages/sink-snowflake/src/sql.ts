/**
 * An identifier as it may stand in SQL, whatever characters it has. In upper case, as Snowflake takes names that
 * are not quoted: `plays` in a query is the table `plays` of a job.
 */
export function quoted(identifier: string): string {
  return `"${stored(identifier).replaceAll('"', '""')}"`;
}

/** An identifier as Snowflake's catalogue has it. */
export function stored(identifier: string): string {
  return identifier.toUpperCase();
}
