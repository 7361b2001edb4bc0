/// <reference path="./kafkajs-snappy.d.ts" />
import zlib from 'node:zlib';
import { OptionError } from '@streamify/core';
import type { CompressionTypes as CompressionType } from 'kafkajs';
import snappy from 'kafkajs-snappy';
import { CompressionCodecs, CompressionTypes } from '../client/kafkajs.ts';

/** Compression of records on their way and in the log. */
export type Compression = 'none' | 'gzip' | 'snappy' | 'zstd';

/** Compresses by Zstandard, for a Node that does not. */
export interface ZstdCodec {
  compress(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
  decompress(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const types: Readonly<Record<Compression, CompressionType>> = {
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

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(data: Buffer): Promise<Buffer>;
}

/** kafkajs keeps codecs by process: so does this. */
CompressionCodecs[CompressionTypes.Snappy] = snappy;
CompressionCodecs[CompressionTypes.ZSTD] = (): Codec => ({
  compress: async ({ buffer }) => Buffer.from(await zstdCodec().compress(buffer)),
  decompress: async (data) => Buffer.from(await zstdCodec().decompress(data)),
});

/**
 * The number of a compression in Kafka's protocol.
 *
 * @param codec is what zstd is read and written with from now on, in this process.
 * @throws OptionError when there is none of that name, or no codec for it.
 */
export function compressionType(compression: Compression, codec?: ZstdCodec): CompressionType {
  if (codec) zstd = codec;
  const type = types[compression];
  if (type === undefined)
    throw new OptionError(
      `compression is one of ${Object.keys(types).join(', ')}, got ${JSON.stringify(compression)}`,
    );
  if (compression === 'zstd') zstdCodec();
  return type;
}

function codecOf(type: number): Codec {
  const codec = (CompressionCodecs as Readonly<Record<number, (() => Codec) | undefined>>)[type];
  if (codec) return codec();
  throw new OptionError(`no codec is known for compression ${type} of Kafka's protocol`);
}

/** Compresses what `type` says, a number of Kafka's protocol other than 0. */
export function compress(type: number, buffer: Buffer): Promise<Buffer> {
  return codecOf(type).compress({ buffer });
}

/** Decompresses what `type` says, a number of Kafka's protocol other than 0. */
export function decompress(type: number, data: Buffer): Promise<Buffer> {
  return codecOf(type).decompress(data);
}
