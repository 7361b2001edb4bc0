import { checkOptions } from '../contract/check-options.ts';
import { OptionError } from '../contract/errors.ts';
import type { Topic } from '../contract/event-log.ts';
import type { OutputRoute } from '../contract/output.ts';
import type { NamedSinks, Sink } from '../contract/sink.ts';
import { checkRetryOptions } from '../operator-kit/backoff.ts';
import type { Input } from '../task/input.ts';
import type { Job, JobOptions } from './job-options.ts';

const names = {
  name: true,
  from: true,
  through: true,
  into: true,
  outputs: true,
  partitions: true,
  atEnd: true,
  startAt: true,
  epoch: true,
  stateStore: true,
  onError: true,
  onPoison: true,
  maxDeadShare: true,
  maxFutureSkew: true,
  idleAfter: true,
  clock: true,
  signal: true,
  abort: true,
  metrics: true,
  onGap: true,
  onRecreatedTopic: true,
  onCommit: true,
  onRetry: true,
  onFenced: true,
} as const;

const functions = ['onCommit', 'onRetry', 'onFenced'] as const;

/**
 * Checks a job's options and finds its inputs.
 *
 * @throws OptionError with the value that cannot work.
 */
export function checkJob<A, B>(options: JobOptions<A, B>): Job<A, B> {
  checkOptions('a job', options, names);
  const { name, from, through, into, atEnd, epoch = {}, onError, onPoison } = options;
  if (typeof name !== 'string' || name.trim() === '')
    throw new OptionError(`a job needs a name, got ${JSON.stringify(name)}`);
  if (typeof through !== 'function')
    throw new OptionError(
      `through must be a function from events to results, got ${show(through)}`,
    );
  if (typeof into?.open !== 'function' || typeof into.target !== 'string')
    throw new OptionError(`into must be a sink, got ${show(into)}`);
  const named = namedSinks(options);
  oneOf('atEnd', atEnd, ['wait', 'stop', 'complete']);
  oneOf('onPoison', onPoison, ['dead-letter', 'fail']);
  oneOf('onGap', options.onGap, ['fail', 'skip']);
  oneOf('onRecreatedTopic', options.onRecreatedTopic, ['fail', 'restart']);
  oneOf('partitions', options.partitions, ['shared', 'all']);
  checkOptions('epoch', epoch, { maxRecords: true, maxBytes: true, maxWait: true });
  for (const [option, value] of Object.entries(epoch))
    if (value !== undefined && !(value >= 1 && (value % 1 === 0 || value === Infinity)))
      throw new OptionError(`epoch.${option} must be a whole number of at least 1, got ${value}`);
  const { maxDeadShare, maxFutureSkew, idleAfter, clock } = options;
  if (maxDeadShare !== undefined && !(maxDeadShare >= 0 && maxDeadShare <= 1))
    throw new OptionError(`maxDeadShare must be between 0 and 1, got ${maxDeadShare}`);
  if (maxFutureSkew !== undefined && !(maxFutureSkew >= 0))
    throw new OptionError(`maxFutureSkew must not be negative, got ${maxFutureSkew}`);
  if (idleAfter !== undefined && !(idleAfter > 0))
    throw new OptionError(`idleAfter must be positive, got ${idleAfter}`);
  if (idleAfter !== undefined && atEnd !== undefined && atEnd !== 'wait')
    throw new OptionError(
      `idleAfter moves event time by the clock, which a job with atEnd ${atEnd} must not: leave it out`,
    );
  if (clock !== undefined && !(clock.now instanceof Function && clock.sleep instanceof Function))
    throw new OptionError(`clock must have now and sleep, got ${show(clock)}`);
  const { stateStore } = options;
  if (
    stateStore !== undefined &&
    !(typeof stateStore?.write === 'function' && stateStore.minBytes >= 0)
  )
    throw new OptionError(
      `stateStore must be a store such as fileStateStore, got ${show(stateStore)}`,
    );
  for (const option of functions)
    if (options[option] !== undefined && typeof options[option] !== 'function')
      throw new OptionError(`${option} must be a function, got ${show(options[option])}`);
  for (const option of ['signal', 'abort'] as const)
    if (options[option] !== undefined && !(options[option] instanceof AbortSignal))
      throw new OptionError(`${option} must be an AbortSignal, got ${show(options[option])}`);
  if (options.metrics !== undefined && typeof options.metrics?.committed !== 'function')
    throw new OptionError(`metrics must be a reporter, got ${show(options.metrics)}`);
  checkRetry(onError);
  const inputs = inputsOf(from);
  checkStart(options.startAt, inputs);
  return { ...options, inputs, named };
}

function inputsOf<A>(from: Topic<A> | Readonly<Record<string, Topic<A>>>): Job<A, never>['inputs'] {
  if (isTopic<A>(from)) return [{ label: undefined, name: from.name, topic: from }];
  if (typeof from !== 'object' || from === null)
    throw new OptionError(`from must be a topic, or topics by name, got ${show(from)}`);
  const inputs = Object.entries(from).map(([name, topic]): Input<A> => {
    if (!isTopic<A>(topic))
      throw new OptionError(`from.${name} must be a topic, got ${show(topic)}`);
    return { label: name, name, topic };
  });
  const [first, ...others] = inputs.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (!first) throw new OptionError('from must have at least one topic, got {}');
  const elsewhere = others.find(({ topic }) => topic.log !== first.topic.log);
  if (elsewhere)
    throw new OptionError(
      `inputs of one job come from one log: ${elsewhere.name} is in another than ${first.name}`,
    );
  return [first, ...others];
}

/** The sinks of named outputs, which commit together with the main stream's. */
function namedSinks({
  into,
  outputs = [],
}: {
  readonly into: { readonly store: unknown };
  readonly outputs?: readonly OutputRoute[];
}): NamedSinks {
  if (!Array.isArray(outputs))
    throw new OptionError(`outputs must list where outputs go, got ${show(outputs)}`);
  const named = new Map<string, Sink<never>>();
  const seen = new Set<string>();
  for (const { output, sink } of outputs) {
    if (seen.has(output)) throw new OptionError(`outputs says twice where ${output} goes`);
    seen.add(output);
    if (!sink) continue;
    if (sink.store !== into.store)
      throw new OptionError(
        `output ${output} goes into another store than the rows, and could not be committed with them: give it a table or topic of the same one`,
      );
    named.set(output, sink);
  }
  return named;
}

function isTopic<A>(value: unknown): value is Topic<A> {
  const { log, type, publish } = (value ?? {}) as Partial<Topic<A>>;
  return typeof log === 'object' && typeof type === 'object' && typeof publish === 'function';
}

function checkRetry(onError: JobOptions<never, never>['onError']): void {
  if (onError === undefined || onError === 'fail') return;
  if (typeof onError !== 'object' || typeof onError?.retry !== 'object' || onError.retry === null)
    throw new OptionError(`onError must be fail or { retry: { attempts } }, got ${show(onError)}`);
  checkRetryOptions(onError.retry);
}

function checkStart(
  startAt: JobOptions<never, never>['startAt'],
  inputs: readonly Input<never>[],
): void {
  if (startAt === undefined || startAt === 'earliest' || startAt === 'latest') return;
  if (typeof startAt === 'object' && startAt !== null && 'timestamp' in startAt) {
    if (Number.isFinite(startAt.timestamp)) return;
    throw new OptionError(`startAt.timestamp must be a time, got ${startAt.timestamp}`);
  }
  if (typeof startAt !== 'object' || startAt === null || typeof startAt.offsets !== 'object')
    throw new OptionError(
      `startAt must be earliest, latest, { timestamp } or { offsets }, got ${show(startAt)}`,
    );
  for (const { name } of inputs) {
    const offsets = startAt.offsets[name];
    const wrong = offsets?.find((offset) => !(Number.isSafeInteger(offset) && offset >= 0));
    if (!offsets || wrong !== undefined)
      throw new OptionError(
        `startAt.offsets.${name} must list an offset for each partition, got ${show(offsets)}`,
      );
  }
}

function oneOf(option: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value as string)) return;
  const [last, ...others] = [...allowed].reverse();
  throw new OptionError(
    `${option} must be ${others.reverse().join(', ')} or ${last}, got ${String(value)}`,
  );
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  return JSON.stringify(value) ?? String(value);
}
