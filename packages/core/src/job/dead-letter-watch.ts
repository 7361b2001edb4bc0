import { DeadLetterLimitError, PoisonError } from '../contract/errors.ts';
import type { Task } from '../task/task.ts';
import type { Job } from './job-options.ts';

/** Events looked at before the share of dead ones says anything. */
const DEAD_SHARE_AFTER = 1_000;

/** Ends a job whose events die: at the first, or at too large a share, as the job says. */
export class DeadLetterWatch<A, B> {
  readonly #job: Job<A, B>;
  readonly #partition: number;
  readonly #task: Task<A, B>;
  #seen = 0;
  #dead = 0;

  constructor(job: Job<A, B>, partition: number, task: Task<A, B>) {
    this.#job = job;
    this.#partition = partition;
    this.#task = task;
  }

  /**
   * Looks at what a part of an epoch has given.
   *
   * @throws PoisonError when it has a dead letter, and the job wants none.
   * @throws DeadLetterLimitError when more events have died than the job allows.
   */
  during(work: () => void): void {
    const before = this.#task.seen;
    work();
    const after = this.#task.seen;
    this.#seen += after.records - before.records;
    this.#dead += after.dead - before.dead;
    if (this.#job.onPoison === 'fail') this.#checkPoison();
    const { maxDeadShare = 0.5 } = this.#job;
    if (this.#seen >= DEAD_SHARE_AFTER && this.#dead > this.#seen * maxDeadShare)
      throw this.#tooMany(maxDeadShare);
  }

  #checkPoison(): void {
    const letter = this.#task.firstDead;
    if (!letter) return;
    const { topic, partition, offset } = letter.position;
    throw new PoisonError(
      `the event ${topic}/${partition}/${offset} could not be processed by ${letter.operator}: ${letter.reason}; job ${this.#job.name} fails at the first, and its epoch was not committed`,
      letter,
    );
  }

  #tooMany(maxDeadShare: number): DeadLetterLimitError {
    const { name, inputs } = this.#job;
    const topics = inputs.map(({ topic }) => topic.name).join(', ');
    const { operator, reason } = this.#task.firstDead ?? {};
    return new DeadLetterLimitError(
      `${this.#dead} of ${this.#seen} events of ${topics}/${this.#partition} could not be processed, more than the share of ${maxDeadShare} that job ${name} allows; the last epoch was not committed. The first of it failed in ${operator}: ${reason}. Mend that, or raise maxDeadShare`,
    );
  }
}
