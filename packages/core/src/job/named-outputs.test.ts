import { type Play, plays, playsLog } from '@streamify/test-kit/plays';
import { map, type Observable, tap } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { OutputRoute } from '../contract/output.ts';
import type { Sink } from '../contract/sink.ts';
import { operator } from '../operator-kit/operator.ts';
import { output } from '../operator-kit/output.ts';
import { useOutput } from '../operator-kit/use-output.ts';
import { route } from '../operators/route.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { run } from './run.ts';

type Plays = Observable<StreamEvent<Play>>;

const odd = output<StreamEvent<Play>>('odd');
const isOdd = ({ value }: StreamEvent<Play>) => value.id % 2 === 1;
const split = (plays$: Plays) => plays$.pipe(route(odd, isOdd));
const ids = (rows: readonly Play[]) => rows.map(({ id }) => id);

describe('a named output', () => {
  it('goes to a table of its own, in the same commit as the rows', async () => {
    const { topic } = await playsLog(plays(10));
    const into = memorySink<Play>();
    const odds = into.table<Play>();
    const outputs = [odd.into(odds)];
    const job = { name: 'job', from: topic, through: split, into, outputs };
    const summary = await run({ ...job, atEnd: 'stop', epoch: { maxRecords: 3 } });
    expect(ids(into.rows)).toEqual([0, 2, 4, 6, 8]);
    expect(ids(odds.rows)).toEqual([1, 3, 5, 7, 9]);
    expect(into.aside).toEqual([]);
    expect(summary.counts).toEqual({ in: 10, out: 5, 'out.odd': 5 });
  });

  it('is kept as JSON where the job says so', async () => {
    const { topic } = await playsLog(plays(4));
    const into = memorySink<Play>();
    const job = { name: 'job', from: topic, through: split, into, outputs: [odd.asJson()] };
    await run({ ...job, atEnd: 'stop' });
    expect(into.aside.map(({ output, cause }) => [output, cause.offset])).toEqual([
      ['odd', 1],
      ['odd', 3],
    ]);
  });

  it('holds the late events of a window, with the event that each is', async () => {
    const late = output<StreamEvent<Play>>('late');
    const { topic } = await playsLog([...plays(30), ...plays(2)]);
    const into = memorySink<WindowResult<number>>();
    const latePlays = into.table<Play>();
    await run({
      name: 'job',
      from: topic,
      through: tumblingWindow({ zero: 0, add: (n: number) => n + 1 }, { size: 100, late }),
      into,
      outputs: [late.into(latePlays)],
      atEnd: 'stop',
    });
    expect(ids(latePlays.rows)).toEqual([0, 1]);
    expect(into.counts('job')).toMatchObject({ in: 32, late: 2, 'out.late': 2 });
  });

  it('takes back what a failed event gave it', async () => {
    const { topic } = await playsLog(plays(6));
    const into = memorySink<number>();
    const odds = into.table<Play>();
    const twice = operator<StreamEvent<Play>, StreamEvent<Play>>((out) => {
      const put = useOutput(odd);
      return {
        next(play) {
          put(play);
          out.next(play);
        },
      };
    });
    const poison = tap(({ value }: StreamEvent<Play>) => {
      if (value.id === 3) throw new Error('poison');
    });
    await run({
      name: 'job',
      from: topic,
      through: (plays$) =>
        plays$.pipe(
          twice,
          poison,
          map(({ value }) => value.id),
        ),
      into,
      outputs: [odd.into(odds)],
      atEnd: 'stop',
    });
    expect(into.rows).toEqual([0, 1, 2, 4, 5]);
    expect(ids(odds.rows)).toEqual([0, 1, 2, 4, 5]);
    expect(into.dead.map(({ position }) => position.offset)).toEqual([3]);
  });

  it('makes an element that its table refuses a dead letter, with all of its event', async () => {
    const { topic } = await playsLog(plays(4));
    const into = memorySink<Play>();
    const odds = into.table<Play>({ refusal: () => 'no room' });
    const job = { name: 'job', from: topic, through: split, into, outputs: [odd.into(odds)] };
    await run({ ...job, atEnd: 'stop' });
    expect(ids(into.rows)).toEqual([0, 2]);
    expect(odds.rows).toEqual([]);
    expect(into.dead.map(({ operator, reason }) => [operator, reason])).toEqual([
      ['sink', 'no room'],
      ['sink', 'no room'],
    ]);
  });
});

describe('a job whose outputs do not agree with its pipeline', () => {
  const start = async (
    through: (plays$: Plays) => Plays,
    outputs: readonly OutputRoute[],
    into = memorySink<Play>(),
  ) => {
    const { topic } = await playsLog(plays(4));
    const opened: string[] = [];
    const watched: Sink<StreamEvent<Play>> = {
      ...into,
      open(task, named) {
        opened.push('opened');
        return into.open(task, named);
      },
    };
    const failure = await (async () =>
      run({ name: 'job', from: topic, through, into: watched, outputs, atEnd: 'stop' }))().catch(
      (cause: unknown) => cause,
    );
    expect(failure).toBeInstanceOf(OptionError);
    // Whoever has the task goes on with it.
    expect(opened).toEqual([]);
    return (failure as OptionError).message;
  };

  it('hears of one that nobody takes, and of the ways to take it', async () => {
    expect(await start(split, [])).toBe(
      'the pipeline of job job has the output odd, and the job does not say where it goes: add it to outputs, as odd.into(sink) or odd.asJson()',
    );
  });

  it('hears of one that no operator has', async () => {
    expect(await start((plays$) => plays$, [odd.asJson()])).toMatch(
      /says where output odd goes, and no operator of its pipeline has it/,
    );
  });

  it('hears of one that is said twice, and of one into another store', async () => {
    expect(await start(split, [odd.asJson(), odd.asJson()])).toBe(
      'outputs says twice where odd goes',
    );
    expect(await start(split, [odd.into(memorySink<Play>())])).toMatch(
      /odd goes into another store than the rows, and could not be committed with them/,
    );
  });

  it('hears of an operator that declares its output when events have come', async () => {
    const { topic } = await playsLog(plays(4));
    const into = memorySink<Play>();
    const late = operator<StreamEvent<Play>, StreamEvent<Play>>(() => ({
      next: (play) => useOutput(odd)(play),
    }));
    const through = (plays$: Plays) => plays$.pipe(late);
    await expect(run({ name: 'job', from: topic, through, into, atEnd: 'stop' })).rejects.toThrow(
      'odd was subscribed after its task had started',
    );
    expect(into.counts('job')).toEqual({});
  });

  it('has to give it a name', () => {
    expect(() => output(' ')).toThrow('an output needs a name, got " "');
  });
});

describe('the types of outputs', () => {
  const plays = memorySink<Play>();
  const texts = memorySink<string>();

  it('hold a sink to what the operator gives', () => {
    expectTypeOf(odd.into).parameter(0).toEqualTypeOf<Sink<StreamEvent<Play>>>();
    odd.into(plays);
    // @ts-expect-error plays do not fit a table of texts
    odd.into(texts);
    const late = output<StreamEvent<string>>('late');
    const count = { zero: 0, add: (n: number) => n + 1 };
    // @ts-expect-error late plays do not fit an output of texts
    tumblingWindow<Play, number>(count, { size: 1, late });
  });

  it('hold the main stream to its sink', async () => {
    const { topic } = await playsLog([]);
    const job = { name: 'job', from: topic, atEnd: 'stop' } as const;
    // @ts-expect-error plays do not fit a sink of texts
    await run({ ...job, through: (plays$: Plays) => plays$, into: texts });
    await run({ ...job, through: (plays$: Plays) => plays$, into: plays });
  });
});
