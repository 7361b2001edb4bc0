import { expect, test } from 'vitest';
import { Random } from './random.ts';
import { State } from './state-machine.ts';
import type { User } from './user.ts';
import { UserQueue } from './user-queue.ts';

const state = new State({ page: 'Home', method: 'GET', status: 200, auth: 'Guest', level: 'free' });
const user = (id: number, time: number): User => ({
  id,
  time,
  state,
  random: Random.of(0, id, 'behaviour'),
  alpha: 1,
  beta: 1,
  joined: undefined,
  afterLogin: false,
  sessions: 0,
  sessionId: 0,
  item: 0,
  song: undefined,
  songEnd: 0,
  memo: undefined,
});
const order = (a: User, b: User) => a.time - b.time || a.id - b.id;

test('users come out by time, and by id at the same time, beyond the first capacity', () => {
  const random = Random.of(1, 1, 'behaviour');
  const users = Array.from({ length: 3_000 }, (_, id) =>
    user(id, Math.floor(random.uniform() * 200)),
  );
  const queue = new UserQueue();
  for (const each of users) queue.add(each);
  const out: User[] = [];
  for (let first = queue.first; first !== undefined; first = queue.first) {
    out.push(first);
    queue.removeFirst();
  }
  expect(out).toEqual(users.toSorted(order));
  expect(queue.size).toBe(0);
});

test('a user whose time has changed goes where they belong', () => {
  const random = Random.of(1, 2, 'behaviour');
  const queue = new UserQueue();
  const users = Array.from({ length: 50 }, (_, id) => user(id, 0));
  for (const each of users) queue.add(each);
  for (let i = 0; i < 2_000; i++) {
    const first = queue.first as User;
    expect(first).toBe(users.toSorted(order)[0]);
    first.time += Math.floor(random.uniform() * 5);
    queue.reorderFirst();
  }
});

test('an empty queue has no first, and nothing to remove', () => {
  const queue = new UserQueue();
  queue.removeFirst();
  queue.reorderFirst();
  expect(queue.first).toBeUndefined();
});
