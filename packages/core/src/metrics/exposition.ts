/** Name, type and description of a measurement, which stand above its samples. */
interface Measurement {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
}

/** A measurement in Prometheus' exposition format, with a line for each sample; nothing where there is none. */
export function exposition({ name, type, help }: Measurement, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
}

/** A label's value as the format wants it. */
export function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
