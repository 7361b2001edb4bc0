import { ByteBuffer } from './byte-buffer.ts';

/** Bytes that many records have in common, as a list of them is built. */
export type Piece = Uint8Array;

const slabLength = 1 << 16;

/** Keeps pieces side by side in large stretches of memory: a small allocation each would cost more than the piece. */
export class PieceStore {
  readonly #scratch = new ByteBuffer();
  #slab = Buffer.alloc(0);
  #used = 0;

  /** Makes a piece of what `write` appends. It must not make another one meanwhile. */
  make(write: (into: ByteBuffer) => void): Piece {
    this.#scratch.clear();
    write(this.#scratch);
    return this.keep(this.#scratch.bytes, this.#scratch.length);
  }

  /** Makes a piece of the UTF-8 of a text. */
  text(value: string): Piece {
    return this.make((into) => into.text(value));
  }

  /** Makes a piece of the first bytes of a buffer. */
  keep(bytes: Uint8Array, length: number): Piece {
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(slabLength, length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#slab.set(bytes.subarray(0, length), start);
    this.#used += length;
    return new Uint8Array(this.#slab.buffer, start, length);
  }
}

/** Remembers what `make` gave for each key. */
export function remember<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
