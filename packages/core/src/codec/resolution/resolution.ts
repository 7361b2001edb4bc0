import type { AvroReader } from '../avro-tap.ts';
import type { AvroNode } from './avro-node.ts';

/** What all parts of a schema's resolution share. */
export interface Resolution {
  /** How what one type wrote is read as another. `place` is what an error calls it. */
  resolve(writer: AvroNode, reader: AvroNode, place: string): AvroReader;
  /** How a type of the reader's reads what it wrote itself. */
  own(reader: AvroNode): OwnReader;
}

/** A type of the reader's, compiled. The constructor of a record's makes its values, and fills in defaults. */
export interface OwnReader extends AvroReader {
  readonly recordConstructor: new (...values: readonly unknown[]) => object;
}
