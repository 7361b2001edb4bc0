/** What the person at the keyboard has to mend: shown as its message alone, with no stack. */
export class SetupError extends Error {
  name = 'SetupError';
}
