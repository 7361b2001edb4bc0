import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** Makes the token of a task's owner, which nobody else has; for people, it names machine and process. */
export function ownerToken(): string {
  return `${hostname()}:${process.pid}:${randomUUID()}`;
}
