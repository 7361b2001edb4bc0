import type { DeadLetter } from '../contract/dead-letter.ts';
import type { EpochOutput, OutputRows, SideElement } from '../contract/epoch.ts';
import type { Position } from '../contract/event.ts';

/** Rows of a named output, and how many of them were there before the open step. */
class NamedRows implements OutputRows<unknown> {
  readonly rows: unknown[] = [];
  readonly causes: Position[] = [];
  before = 0;

  undoStep(): void {
    this.rows.length = this.before;
    this.causes.length = this.before;
  }
}

/**
 * Collects the output of an epoch, step by step, so that what a step added can be taken back.
 *
 * Counts of operators belong to a step until it is kept; the task's own are counted at once.
 */
export class EpochCollector<B> {
  #rows: B[] = [];
  #causes: Position[] = [];
  #named = new Map<string, NamedRows>();
  #aside: SideElement[] = [];
  #dead: DeadLetter[] = [];
  #redriven: string[] = [];
  #counts: Record<string, number> = {};
  readonly #counted: string[] = [];
  #mark = { rows: 0, aside: 0, dead: 0, redriven: 0 };

  /** Dead letters of the open epoch. */
  get dead(): number {
    return this.#dead.length;
  }

  get firstDead(): DeadLetter | undefined {
    return this.#dead[0];
  }

  /** Rows, elements and dead letters of the open epoch. */
  get size(): number {
    let size = this.#rows.length + this.#aside.length + this.#dead.length;
    for (const { rows } of this.#named.values()) size += rows.length;
    return size;
  }

  /** How many of `name` the open epoch has counted, the open step apart. */
  countOf(name: string): number {
    return this.#counts[name] ?? 0;
  }

  addRow(row: B, cause: Position): void {
    this.#rows.push(row);
    this.#causes.push(cause);
  }

  /** Adds a row of a named output. */
  addNamed(output: string, row: unknown, cause: Position): void {
    const named = this.#named.get(output) ?? new NamedRows();
    this.#named.set(output, named);
    named.rows.push(row);
    named.causes.push(cause);
  }

  putAside(element: SideElement): void {
    this.#aside.push(element);
  }

  addDeadLetter(letter: DeadLetter): void {
    this.#dead.push(letter);
  }

  /** Notes that a dead letter of an earlier epoch has been processed. */
  close(letterId: string): void {
    this.#redriven.push(letterId);
  }

  /** Counts in the open step. */
  count(name: string): void {
    this.#counted.push(name);
  }

  /** Counts whatever becomes of the open step. */
  tally(name: string, n = 1): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + n;
  }

  startStep(): void {
    this.#mark.rows = this.#rows.length;
    this.#mark.aside = this.#aside.length;
    this.#mark.dead = this.#dead.length;
    this.#mark.redriven = this.#redriven.length;
    if (this.#named.size === 0) return;
    for (const named of this.#named.values()) named.before = named.rows.length;
  }

  keepStep(): void {
    if (this.#counted.length === 0) return;
    for (const name of this.#counted.splice(0)) this.tally(name);
  }

  /** Whether the open step has a dead letter, so that its event or result is given up. */
  get isGivenUp(): boolean {
    return this.#dead.length > this.#mark.dead;
  }

  /** Takes back the open step but for its first dead letter, which stands for all of it. */
  giveUpStep(): void {
    const letter = this.#dead[this.#mark.dead];
    this.undoStep();
    if (letter) this.#dead.push(letter);
  }

  undoStep(): void {
    this.#rows.length = this.#mark.rows;
    this.#causes.length = this.#mark.rows;
    this.#aside.length = this.#mark.aside;
    this.#dead.length = this.#mark.dead;
    this.#redriven.length = this.#mark.redriven;
    for (const named of this.#named.values()) named.undoStep();
    this.#counted.length = 0;
  }

  /** Hands the epoch over and starts the next. */
  take(): EpochOutput<B> {
    const counts = this.#counts;
    if (this.#rows.length > 0) counts['out'] = this.#rows.length;
    if (this.#dead.length > 0) counts['dead'] = this.#dead.length;
    const named = [...this.#named].filter(([, { rows }]) => rows.length > 0);
    for (const [output, { rows }] of named) counts[`out.${output}`] = rows.length;
    const output = {
      rows: this.#rows,
      causes: this.#causes,
      named: new Map<string, OutputRows<unknown>>(named),
      aside: this.#aside,
      dead: this.#dead,
      redriven: this.#redriven,
      counts,
    };
    this.#rows = [];
    this.#causes = [];
    this.#named = new Map();
    this.#aside = [];
    this.#dead = [];
    this.#redriven = [];
    this.#counts = {};
    return output;
  }
}
