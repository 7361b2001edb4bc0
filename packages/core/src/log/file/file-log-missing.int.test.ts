import { join } from 'node:path';
import { temporaryFolder } from '@streamify/test-kit';
import { expect, it } from 'vitest';
import { OptionError } from '../../contract/errors.ts';
import { fileLog } from './file-log.ts';

it('opens no log for reading where there is none, and says so', async () => {
  const dir = join(await temporaryFolder(), 'nowhere');
  for (const missing of [dir, join(dir, '..')]) {
    const opening = fileLog({ dir: missing, mode: 'read' });
    await expect(opening).rejects.toThrow(OptionError);
    await expect(opening).rejects.toThrow(
      /^there is no log in \/.*, and mode 'read' makes none: check dir, or open it with mode 'write' first$/,
    );
  }
  const written = await fileLog({ dir });
  const read = await fileLog({ dir, mode: 'read' });
  expect(await read.partitions('plays')).toBeUndefined();
  await read.close();
  await written.close();
});
