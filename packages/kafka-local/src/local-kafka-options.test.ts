import { OptionError } from '@streamify/core';
import { expect, it } from 'vitest';
import { checkOptions } from './local-kafka-options.ts';

it('fills in the defaults', () => {
  const { port, registry, heap } = checkOptions({ dir: 'data' });
  expect({ port, registry, heap }).toEqual({ port: undefined, registry: false, heap: '1g' });
});

it.each([
  [{ dir: '' }, 'dir is empty'],
  [{ dir: 'd', port: 0 }, 'port is 0: a port is a whole number from 1 to 65535'],
  [{ dir: 'd', port: 1.5 }, 'port is 1.5'],
  [{ dir: 'd', registryPort: 65_536 }, 'registryPort is 65536'],
  [{ dir: 'd', port: 9092, registryPort: 9092 }, 'port and registryPort are both 9092'],
  [{ dir: 'd', heap: '1 GB' }, 'heap is "1 GB": write it as Java does'],
  [{ dir: 'd', settings: { 'a b': '1' } }, 'settings has "a b"'],
  [{ dir: 'd', settings: { a: '1\nb=2' } }, 'settings has "a"'],
  [{ dir: 'd', startTimeout: 0 }, 'startTimeout is 0'],
  [{ dir: 'd', startTimeout: Number.NaN }, 'startTimeout is NaN'],
])('refuses %o', (options, message) => {
  expect(() => checkOptions(options)).toThrow(OptionError);
  expect(() => checkOptions(options)).toThrow(message);
});
