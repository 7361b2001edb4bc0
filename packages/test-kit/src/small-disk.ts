import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own that can be filled. */
export interface SmallDisk {
  readonly dir: string;
  /** Leaves as many bytes free; a multiple of 4,096. */
  fill(free: number): Promise<void>;
  /** Frees what {@link fill} took. */
  release(): Promise<void>;
  close(): void;
}

/** Mounts a file system in memory. Needs Linux, and the right to mount. */
export function smallDisk(bytes: number): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), 'streamify-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir], {
      stdio: 'ignore',
    });
  } catch (cause) {
    rmSync(dir, { recursive: true });
    throw new Error('cannot mount a tmpfs: this needs Linux, and root', { cause });
  }
  const ballast = join(dir, 'ballast');
  return {
    dir,
    async fill(free) {
      await rm(ballast, { force: true });
      const { bavail, bsize } = await statfs(dir);
      await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - free)));
    },
    release: () => truncate(ballast, 0),
    close() {
      execFileSync('umount', ['--lazy', dir]);
      rmSync(dir, { recursive: true });
    },
  };
}

/** Says why no small disk can be had, to be shown in the names of tests; empty when one can. */
export function whyNoSmallDisk(): string {
  try {
    smallDisk(65_536).close();
    return '';
  } catch (cause) {
    return ` (skipped: ${(cause as Error).message})`;
  }
}
