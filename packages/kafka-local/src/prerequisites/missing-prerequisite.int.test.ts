import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MissingPrerequisiteError } from '../errors.ts';
import { startLocalKafka } from '../start-local-kafka.ts';
import { missingPrerequisite } from './missing-prerequisite.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-missing-'));
  vi.stubEnv('PATH', dir);
  vi.stubEnv('JAVA_HOME', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

/** A program that answers as `java -version` does. */
const java = (file: string, version: string) =>
  writeFile(file, `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`, { mode: 0o755 });

it('a machine without Java lacks it, and a start says how to get it', async () => {
  expect(await missingPrerequisite()).toBe('Java 17 or newer');
  const start = startLocalKafka({ dir });
  await expect(start).rejects.toThrow(MissingPrerequisiteError);
  await expect(start).rejects.toThrow(
    /there is no java on the path: install one .*apt install openjdk-17-jre-headless/,
  );
});

it('a Java that is too old is told by its version', async () => {
  await java(join(dir, 'java'), '11.0.2');
  await expect(startLocalKafka({ dir })).rejects.toThrow('Java 17 or newer, but java is 11:');
});

it('a JAVA_HOME without a Java is named', async () => {
  vi.stubEnv('JAVA_HOME', join(dir, 'jdk'));
  await expect(startLocalKafka({ dir })).rejects.toThrow(`JAVA_HOME=${join(dir, 'jdk')}`);
});

it('a machine with Java, and neither Maven nor the jars, lacks Maven', async () => {
  await java(join(dir, 'java'), '17.0.15');
  expect(await missingPrerequisite({ cache: join(dir, 'cache') })).toBe('Maven');
});
