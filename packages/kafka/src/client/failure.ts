/** The facts of an error of kafkajs, which wraps one error in another. */
export interface KafkaFailure extends Error {
  /** Kafka's name of a protocol error, such as `NOT_LEADER_FOR_PARTITION`. */
  readonly type?: string;
  readonly retriable?: boolean;
  readonly code?: string | number;
}

/** Finds the innermost cause of an error; of several at once, one of them. */
export function rootOf(cause: unknown): KafkaFailure {
  let root = cause as KafkaFailure & { readonly errors?: readonly unknown[] };
  for (const seen = new Set<unknown>(); !seen.has(root); ) {
    seen.add(root);
    const [inner = root.cause] = root.errors ?? [];
    if (inner instanceof Error) root = inner;
  }
  return root;
}

/** Node's codes of a certificate that it does not trust. Source: Node.js documentation, "TLS", "X509 certificate error codes". */
const untrusted = /CERT|^UNABLE_TO_VERIFY_LEAF_SIGNATURE$|^HOSTNAME_MISMATCH$|^INVALID_CA$/;

/** Whether the cluster refuses our credentials or what they may do, or its certificate is not trusted. */
export function isRefusal({ name, type = '', code }: KafkaFailure): boolean {
  return (
    (typeof code === 'string' && untrusted.test(code)) ||
    name === 'KafkaJSSASLAuthenticationError' ||
    type === 'SASL_AUTHENTICATION_FAILED' ||
    type === 'UNSUPPORTED_SASL_MECHANISM' ||
    type.endsWith('_AUTHORIZATION_FAILED')
  );
}

/** Errors that kafkajs calls final, and that pass with the broker or with fresh metadata. */
const passing: ReadonlySet<string> = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSTopicMetadataNotLoaded',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSLockTimeout',
  'KafkaJSTimeout',
]);

/** Whether trying again may help. */
export function mayPass({ name, type, retriable, code }: KafkaFailure): boolean {
  // The operating system's: ECONNREFUSED and the like.
  if (passing.has(name) || /^E[A-Z]+$/.test(String(code))) return true;
  // Under this name kafkajs wraps what a coordinator says that moves, or has lost a member.
  return (type !== undefined || name === 'KafkaJSError') && retriable === true;
}
