import { decodeFetchResponse, fetchVersion } from './fetch-response.ts';
import { encodeProduceRequest, type ProduceRequest, produceVersion } from './produce-request.ts';

/** What kafkajs knows of a request: how it is written, and how its response is read. */
interface Call {
  readonly request: {
    readonly apiName: string;
    readonly apiVersion: number;
    readonly encode: () => Promise<unknown>;
  };
  readonly response: {
    readonly decode: (buffer: Buffer) => Promise<unknown>;
    readonly parse: (decoded: unknown) => Promise<unknown>;
  };
}

type Lookup = (apiKey: number, definition: unknown) => (options: never) => Call;

interface KafkaJsBroker {
  lookupRequest: Lookup;
}

interface KafkaJsCluster {
  readonly brokerPool: { createBroker: (options: unknown) => KafkaJsBroker };
}

type CreateCluster = (options: unknown) => KafkaJsCluster;

/**
 * Lets a client of kafkajs write Produce requests and read Fetch responses by our own code, which
 * takes a fraction of the time: an object for each byte group of each record is what its own costs.
 * All else stays as it is, connections, retries, transactions and errors; and so do other clients.
 *
 * It reaches into kafkajs, so it holds for the one version that is depended on.
 *
 * @throws Error when kafkajs is another one.
 */
export function withFastRequests<K extends object>(kafka: K): K {
  const key = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (!key) throw new Error('this kafkajs makes its clusters in another way than version 2.2.4');
  const clusters = kafka as Record<symbol, CreateCluster>;
  const createCluster = clusters[key] as CreateCluster;
  clusters[key] = (options) => {
    const cluster = createCluster(options);
    const { brokerPool } = cluster;
    const { createBroker } = brokerPool;
    brokerPool.createBroker = (brokerOptions) => fastBroker(createBroker(brokerOptions));
    return cluster;
  };
  return kafka;
}

/** A broker gets to know which versions to speak whenever it connects. */
function fastBroker(broker: KafkaJsBroker): KafkaJsBroker {
  let { lookupRequest } = broker;
  const fastLookup: Lookup = (apiKey, definition) => {
    const makeCall = lookupRequest(apiKey, definition);
    return (options) => fastCall(makeCall(options), options);
  };
  Object.defineProperty(broker, 'lookupRequest', {
    get: () => fastLookup,
    set: (lookup: Lookup) => {
      lookupRequest = lookup;
    },
  });
  return broker;
}

function fastCall(call: Call, options: unknown): Call {
  const { request, response } = call;
  const { apiName, apiVersion } = request;
  if (apiName === 'Fetch') {
    mustBe(apiName, apiVersion, fetchVersion);
    return {
      ...call,
      response: { ...response, decode: async (buffer) => decodeFetchResponse(buffer) },
    };
  }
  if (apiName === 'Produce') {
    mustBe(apiName, apiVersion, produceVersion);
    const encode = async () => asEncoder(await encodeProduceRequest(options as ProduceRequest));
    return { ...call, request: { ...request, encode } };
  }
  return call;
}

function mustBe(apiName: string, version: number, expected: number): void {
  if (version !== expected)
    throw new Error(
      `${apiName} is spoken in version ${expected} here, and the broker knows ${version}: it takes Kafka 2.3 or newer`,
    );
}

/** What kafkajs' encoders look at of one another. */
function asEncoder(buffer: Buffer) {
  return { buf: buffer, buffer, size: () => buffer.length };
}
