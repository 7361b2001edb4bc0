/** The user can mend this: shown as one message, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
