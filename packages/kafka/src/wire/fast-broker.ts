import { decodeFetchResponse, fetchVersion } from './fetch-response.ts';
import { encodeProduceRequest, type ProduceRequest, produceVersion } from './produce-request.ts';

/** A request as kafkajs looks it up: how it is written, and how its response is read. */
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

/** The members of kafkajs' broker that are amended. */
export interface KafkaJsBroker {
  lookupRequest: Lookup;
}

/**
 * Lets a broker of kafkajs write Produce requests and read Fetch responses by our own code, which
 * takes a fraction of the time: an object for every few bytes of each record is what its own costs.
 * All else stays as it is: connections, retries, transactions and errors.
 */
export function fastBroker(broker: KafkaJsBroker): KafkaJsBroker {
  let { lookupRequest } = broker;
  const fastLookup: Lookup = (apiKey, definition) => {
    const makeCall = lookupRequest(apiKey, definition);
    return (options) => fastCall(makeCall(options), options);
  };
  // A broker gets to know which versions to speak whenever it connects.
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

/** Gives bytes the members by which kafkajs' encoders know one another. */
function asEncoder(buffer: Buffer) {
  return { buf: buffer, buffer, size: () => buffer.length };
}
