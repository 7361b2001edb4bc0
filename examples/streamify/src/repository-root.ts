import { resolve } from 'node:path';

/** The repository: this module lies as deep in it as the bundle that it becomes part of. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');
