/** Makes an error that passes with fresh metadata. */
export function notInStep(message: string): Error {
  const type = 'UNKNOWN_TOPIC_OR_PARTITION';
  return Object.assign(new Error(message), { type, retriable: true });
}
