import type { SchemaRegistry } from '../../contract/schema-registry.ts';
import type { LogFiles } from './log-files.ts';
import type { Recovery } from './recover-partition.ts';

/** A file log's options with every default filled in. */
export interface FileLogSettings {
  readonly dir: string;
  readonly durability: 'fsync' | 'os';
  readonly segmentBytes: number;
  readonly registry: SchemaRegistry;
  readonly onRecovered: (recovery: Recovery) => void;
  readonly now: () => number;
  readonly files: LogFiles;
}
