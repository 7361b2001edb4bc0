import { describe, expect, it } from 'vitest';
import { ByteWriter } from './byte-writer.ts';
import { askForTopic, decodeMetadataResponse, encodeMetadataRequest } from './topic-metadata.ts';

const id = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

/** An answer as a broker writes it, up to the id of the topic. */
function response(topicId: Buffer, errorCode = 0): Buffer {
  const writer = new ByteWriter(64);
  writer.int8(0);
  writer.int32(0);
  writer.uvarint(3);
  for (const node of [1, 2]) {
    writer.int32(node);
    writer.compactString('localhost');
    writer.int32(9092);
    writer.uvarint(0); // no rack
    writer.uvarint(1); // a tag, which this reader does not know
    writer.uvarint(7);
    writer.uvarint(2);
    writer.bytes(Buffer.of(1, 2));
  }
  writer.compactString('the cluster');
  writer.int32(1);
  writer.uvarint(2);
  writer.int16(errorCode);
  writer.compactString('plays');
  writer.bytes(topicId);
  return Buffer.from(writer.written);
}

describe('metadata of a topic', () => {
  it('is asked for by its name', () => {
    expect(encodeMetadataRequest('plays').toString('hex')).toBe(
      `0002${'00'.repeat(16)}06${Buffer.from('plays').toString('hex')}0000000000`,
    );
  });

  it('has its id, behind all brokers and tags', () => {
    expect(decodeMetadataResponse(response(id))).toEqual({
      errorCode: 0,
      topicId: 'AAECAwQFBgcICQoLDA0ODw',
    });
    expect(decodeMetadataResponse(response(Buffer.alloc(16), 3))).toEqual({
      errorCode: 3,
      topicId: undefined,
    });
  });

  it('is not asked for where brokers have no ids yet', async () => {
    const connectionPool = { send: () => Promise.reject(new Error('asked')) };
    for (const versions of [null, {}, { 3: { maxVersion: 9 } }])
      expect(await askForTopic({ versions, connectionPool }, 'plays')).toBeUndefined();
    const asked = askForTopic({ versions: { 3: { maxVersion: 13 } }, connectionPool }, 'plays');
    await expect(asked).rejects.toThrow('asked');
  });
});
