import type { User } from './user.ts';

/**
 * Holds users in the order of what they do next: by time, then by id.
 *
 * A binary heap; the times lie beside the users in a typed array, so that most comparisons touch
 * nothing else.
 */
export class UserQueue {
  #times = new Float64Array(1_024);
  readonly #users: User[] = [];

  get size(): number {
    return this.#users.length;
  }

  get first(): User | undefined {
    return this.#users[0];
  }

  add(user: User): void {
    const slot = this.#users.length;
    if (slot === this.#times.length) {
      const times = new Float64Array(slot * 2);
      times.set(this.#times);
      this.#times = times;
    }
    this.#users.push(user);
    this.#up(slot, user);
  }

  /** Puts the first user where they belong after their time has changed. */
  reorderFirst(): void {
    const [user] = this.#users;
    if (user !== undefined) this.#down(user);
  }

  removeFirst(): void {
    const last = this.#users.pop();
    if (last !== undefined && this.#users.length > 0) this.#down(last);
  }

  #up(from: number, user: User): void {
    const times = this.#times;
    const users = this.#users;
    let slot = from;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (!this.#isBefore(user.time, user, parent)) break;
      times[slot] = times[parent] as number;
      users[slot] = users[parent] as User;
      slot = parent;
    }
    times[slot] = user.time;
    users[slot] = user;
  }

  #down(user: User): void {
    const times = this.#times;
    const users = this.#users;
    const size = users.length;
    let slot = 0;
    for (let child = 1; child < size; child = 2 * slot + 1) {
      const right = child + 1;
      if (right < size && this.#isBefore(times[right] as number, users[right] as User, child))
        child = right;
      if (this.#isBefore(user.time, user, child)) break;
      times[slot] = times[child] as number;
      users[slot] = users[child] as User;
      slot = child;
    }
    times[slot] = user.time;
    users[slot] = user;
  }

  #isBefore(time: number, user: User, slot: number): boolean {
    const other = this.#times[slot] as number;
    return time < other || (time === other && user.id < (this.#users[slot] as User).id);
  }
}
