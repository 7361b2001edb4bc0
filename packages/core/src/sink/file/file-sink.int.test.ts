import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@streamify/test-kit';
import { type Play, plays, playsLog } from '@streamify/test-kit/plays';
import { type Observable, tap } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../contract/event.ts';
import { nodeFolder } from '../../durable/node-folder.ts';
import { failingLedger } from '../../fixtures/failing-ledger.ts';
import { faultyFolder } from '../../fixtures/faulty-folder.ts';
import { storedFiles, storedRows } from '../../fixtures/stored-files.ts';
import { redrive } from '../../job/redrive.ts';
import { run } from '../../job/run.ts';
import { commitOf, deadLetter, outputOf, position, row } from '../../testing/contract-output.ts';
import { type ContractRow, contractSchema } from '../../testing/contract-row.ts';
import { sinkContract } from '../../testing/sink-contract.ts';
import type { SinkUnderTest } from '../../testing/sink-harness.ts';
import { fileSink, folderSink } from './file-sink.ts';

async function openFileSink(): Promise<SinkUnderTest> {
  const dir = await temporaryFolder();
  const ledger = failingLedger(nodeFolder(dir));
  return {
    sink: folderSink<ContractRow>(ledger.folder, { schema: contractSchema }),
    table: async (name) =>
      folderSink<ContractRow>(ledger.folder, { schema: contractSchema, folder: name }),
    storedIn: async (name) =>
      (await storedRows(nodeFolder(dir), name)) as unknown as readonly ContractRow[],
    stored: async () => {
      const { rows, ...others } = await storedFiles(nodeFolder(dir));
      return { rows: rows as unknown as ContractRow[], ...others };
    },
    reopen: async () => fileSink<ContractRow>({ dir, schema: contractSchema }),
    failNextCommit: ledger.failNextCommit,
    close: () => rm(dir, { recursive: true }),
  };
}

describe('fileSink', () => {
  for (const { name, run } of sinkContract({
    open: openFileSink,
    faults: ['midway', 'reply lost'],
  }))
    it(name, run);

  let dir: string;
  beforeEach(async () => {
    dir = await temporaryFolder();
  });

  const task = { job: 'plays/day', partition: 3 };

  it('writes one file an epoch and partition, with the position of what caused each row', async () => {
    const owner = await fileSink({ dir }).open(task);
    const output = outputOf({ rows: [row('a'), row('b')] });
    await owner.commit(commitOf(1), { ...output, causes: [position(4), position(5)] });
    await owner.commit(commitOf(2), outputOf({}));
    await owner.commit(commitOf(3), outputOf({ rows: [row('c')] }));
    const rows = join(dir, 'plays%2Fday', '3', 'rows');
    expect(await readdir(rows)).toEqual(['000000000001.jsonl', '000000000003.jsonl']);
    const text = await readFile(join(rows, '000000000001.jsonl'), 'utf8');
    expect(
      text
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { ...row('a'), _topic: 'plays', _partition: 0, _offset: 4 },
      { ...row('b'), _topic: 'plays', _partition: 0, _offset: 5 },
    ]);
  });

  it('gives the dead letters of a job back, also those of a commit that was interrupted behind its entry', async () => {
    const letters = [
      deadLetter(1, { raw: Uint8Array.of(0, 255), stack: 'Error\n    at x', headers: { a: 'b' } }),
      deadLetter(2, { result: { operator: 'window', key: 'ann', at: -1, value: { n: 1 } } }),
      deadLetter(3, { schemaId: undefined }),
    ];
    const buffered = letters.map((letter) => ({ ...letter, raw: Buffer.from(letter.raw) }));
    const sink = fileSink({ dir });
    expect(await sink.deadLetters('plays/day')).toEqual([]);
    const owner = await sink.open(task);
    await owner.commit(commitOf(1), outputOf({ dead: letters.slice(0, 2) }));
    await owner.commit(commitOf(2), outputOf({ dead: letters.slice(2) }));
    expect(await sink.deadLetters('plays/day')).toEqual(buffered);
    expect(await sink.deadLetters('other')).toEqual([]);

    const stuck = faultyFolder(nodeFolder(dir), ({ operation, moment }) => {
      if (operation === 'move' && moment === 'before') throw new Error('no permission');
    });
    const late = await folderSink(stuck).open({ job: 'late', partition: 0 });
    await expect(late.commit(commitOf(1), outputOf({ dead: letters }))).rejects.toThrow(
      'no permission',
    );
    expect(await sink.deadLetters('late')).toEqual(buffered);
  });

  it('takes dead letters again once the job is mended, each once', async () => {
    const { topic } = await playsLog(plays(20), 2);
    const sink = fileSink<Play>({ dir });
    let mended = false;
    const job = {
      name: 'plays',
      from: topic,
      through: (plays$: Observable<StreamEvent<Play>>) =>
        plays$.pipe(
          tap(({ value }) => {
            if (value.id % 5 === 2 && !mended) throw new Error('cannot take it');
          }),
        ),
      into: sink,
      atEnd: 'stop',
    } as const;
    await run(job);
    const letters = await sink.deadLetters('plays');
    expect(letters.length).toBe(4);
    mended = true;
    expect(await redrive(job, letters)).toEqual({ done: 4, doneBefore: 0, deadAgain: 0 });
    expect(await redrive(job, letters)).toEqual({ done: 0, doneBefore: 4, deadAgain: 0 });
    const { rows } = await storedFiles(nodeFolder(dir));
    expect(rows.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(
      plays(20).map(({ id }) => id),
    );
  });

  it('removes what an interrupted commit left, when the task is opened', async () => {
    const owner = await fileSink({ dir }).open(task);
    await owner.commit(commitOf(1), outputOf({ rows: [row('a')] }));
    const folder = join(dir, 'plays%2Fday', '3');
    await writeFile(join(folder, 'prepared', '000000000002.rows.someone'), '{}\n');
    await writeFile(join(folder, 'checkpoint', 'entry.000000000003.json.some.tmp'), '{}');
    await fileSink({ dir }).open(task);
    expect(await readdir(join(folder, 'prepared'))).toEqual([]);
    expect((await readdir(join(folder, 'checkpoint'))).filter((name) => /tmp/.test(name))).toEqual(
      [],
    );
    expect(await readdir(join(folder, 'rows'))).toEqual(['000000000001.jsonl']);
  });

  it('keeps few checkpoint files, and only the state that counts', async () => {
    const owner = await fileSink({ dir }).open(task);
    for (let epoch = 1; epoch <= 250; epoch++) {
      const kind = epoch % 100 === 0 ? 'replace' : 'append';
      const state = { kind, bytes: Uint8Array.of(epoch) } as const;
      await owner.commit(commitOf(epoch, { state }), outputOf({}));
    }
    const folder = join(dir, 'plays%2Fday', '3');
    expect((await readdir(join(folder, 'checkpoint'))).length).toBeLessThan(110);
    expect((await readdir(join(folder, 'state'))).length).toBe(51);
    const { checkpoint } = await fileSink({ dir }).open(task);
    expect(checkpoint?.state.map(([byte]) => byte)).toEqual(
      Array.from({ length: 51 }, (_, i) => 200 + i),
    );
  });

  it('refuses a task whose state files are gone, and a checkpoint that is damaged', async () => {
    const owner = await fileSink({ dir }).open(task);
    const state = { kind: 'append', bytes: Uint8Array.of(1) } as const;
    await owner.commit(commitOf(1, { state }), outputOf({}));
    const folder = join(dir, 'plays%2Fday', '3');
    await rm(join(folder, 'state', '000000000001.bin'));
    await expect(fileSink({ dir }).open(task)).rejects.toThrow('0 files of state where');
    const names = (await readdir(join(folder, 'checkpoint'))).filter((name) => /entry/.test(name));
    const last = join(folder, 'checkpoint', names.sort().at(-1) as string);
    await writeFile(last, '{"version":2}');
    await expect(fileSink({ dir }).open(task)).rejects.toThrow('has version 2, this release reads');
    await writeFile(last, '{"epoch');
    await expect(fileSink({ dir }).open(task)).rejects.toThrow('is not JSON');
  });

  it('refuses rows that JSON or its schema cannot hold, and names that cannot be a folder', async () => {
    const { refusal } = await fileSink<Record<string, unknown>>({ dir }).open(task);
    expect(refusal({ at: 1, parts: [{ n: null }], bytes: new Uint8Array(2) })).toBeUndefined();
    expect(refusal({ a: { b: [1, Number.NaN] } })).toBe('a.b.1 is NaN, which JSON does not have');
    expect(refusal({ a: [1n] })).toBeUndefined();
    expect(refusal({ a: Symbol('s') })).toBe('a is a symbol, which JSON does not have');
    expect(refusal({ a: new Map() })).toContain('a is an instance of Map');
    expect(refusal({ _offset: 1 })).toBe("_offset is a field of the sink's own");
    expect(refusal([1] as never)).toBe('a row is an object, not [1]');
    await expect(fileSink({ dir }).open({ job: '..', partition: 0 })).rejects.toThrow(
      'job .. cannot name a folder',
    );
    expect(() => fileSink({ dir: '' })).toThrow('dir is the folder to write to, got ""');
  });
});
