import type { Subscriber } from 'rxjs';
import { CallQueue } from './call-queue.ts';
import type { Caller, CallOptions } from './calls.ts';
import { currentHost } from './current-host.ts';

/** Options of {@link useCalls}: how calls are made, and who hears of failed ones outside a task. */
export interface OperatorCalls<In, Out> {
  /** Most calls that are under way, or have come and wait for their turn. */
  readonly concurrency: number;
  readonly start: CallOptions<In, Out>['start'];
  /** Takes the input of a call that failed, outside a job. Default: its cause is the output's error. */
  readonly outside?: ((input: In, cause: unknown) => void) | undefined;
}

/**
 * Makes asynchronous calls for an operator and emits their results in the order of the inputs.
 * Call it while the operator is being subscribed.
 *
 * Inside a task an epoch is committed only when its calls have come, and after a crash they are made
 * again. A call that fails is a dead letter, with its input; so is a result that fails downstream. A step
 * that the task takes back, such as an event that another branch rejects, makes no call.
 */
export function useCalls<In, Out>(
  operator: string,
  output: Subscriber<Out>,
  calls: OperatorCalls<In, Out>,
): Caller<In> {
  const { concurrency, start, outside } = calls;
  const options: CallOptions<In, Out> = {
    concurrency,
    start,
    deliver: (result) => output.next(result),
    completed: () => output.complete(),
  };
  const host = currentHost(operator);
  return host ? host.calls(operator, options) : plainCaller(options, output, outside);
}

/** Calls of a pipeline that no task runs: results go on as soon as it is their turn. */
function plainCaller<In, Out>(
  options: CallOptions<In, Out>,
  output: Subscriber<Out>,
  outside: OperatorCalls<In, Out>['outside'],
): Caller<In> {
  const fail = outside ?? ((_input: In, cause: unknown) => output.error(cause));
  let isEnded = false;
  const deliver = () => {
    for (let head = queue.head; head?.settled && !output.closed; head = queue.head) {
      queue.shift();
      if ('value' in head.settled) options.deliver(head.settled.value);
      else fail(head.input, head.settled.cause);
    }
    if (output.closed) return;
    queue.start();
    if (isEnded && queue.length === 0) options.completed();
  };
  const queue = new CallQueue<In, Out, undefined>(options, deliver);
  output.add(() => queue.abort(new DOMException('the pipeline was unsubscribed', 'AbortError')));
  return {
    submit(input) {
      queue.add(input, undefined);
      queue.start();
    },
    complete() {
      isEnded = true;
      if (queue.length === 0) options.completed();
    },
  };
}
