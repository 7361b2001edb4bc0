import zlib from 'node:zlib';
import { OptionError } from '@streamify/core';
import snappy from 'kafkajs-snappy';
import { CompressionCodecs, CompressionTypes } from '../client/kafkajs.ts';

/** How records are compressed on their way and in the log. */
export type Compression = 'none' | 'gzip' | 'snappy' | 'zstd';

/** Compresses by Zstandard, for a Node that does not. */
export interface ZstdCodec {
  compress(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
  decompress(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const types: Readonly<Record<Compression, number>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  zstd: CompressionTypes.ZSTD,
};

/** Node's own since 22.15. */
const { zstdCompressSync, zstdDecompressSync } = zlib as Partial<typeof zlib> & {
  readonly zstdCompressSync?: (data: Uint8Array) => Buffer;
  readonly zstdDecompressSync?: (data: Uint8Array) => Buffer;
};

let zstd: ZstdCodec | undefined =
  zstdCompressSync && zstdDecompressSync
    ? { compress: zstdCompressSync, decompress: zstdDecompressSync }
    : undefined;

/** @throws OptionError where there is no codec. */
function zstdCodec(): ZstdCodec {
  if (zstd) return zstd;
  throw new OptionError(
    `Node ${process.versions.node} does not know zstd: use Node 22.15 or newer, or give kafkaLog a codec as zstd: { compress, decompress }, such as that of zstd-napi`,
  );
}

/** kafkajs keeps codecs by process: so does this. */
CompressionCodecs[CompressionTypes.Snappy] = snappy;
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async (encoder: { readonly buffer: Buffer }) =>
    Buffer.from(await zstdCodec().compress(encoder.buffer)),
  decompress: async (data: Buffer) => Buffer.from(await zstdCodec().decompress(data)),
});

/**
 * The number of a compression in Kafka's protocol.
 *
 * @param codec is what zstd is read and written with from now on, in this process.
 * @throws OptionError when there is none of that name, or no codec for it.
 */
export function compressionType(compression: Compression, codec?: ZstdCodec): number {
  if (codec) zstd = codec;
  const type = types[compression];
  if (type === undefined)
    throw new OptionError(
      `compression is one of ${Object.keys(types).join(', ')}, got ${JSON.stringify(compression)}`,
    );
  if (compression === 'zstd') zstdCodec();
  return type;
}
