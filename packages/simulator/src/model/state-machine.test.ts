import { expect, test } from 'vitest';
import { Random } from './random.ts';
import { type StateKey, stateId, stateMachine, type TransitionRule } from './state-machine.ts';

const state = (page: string, more: Partial<StateKey> = {}): StateKey => ({
  page,
  method: 'GET',
  status: 200,
  auth: 'Guest',
  level: 'free',
  ...more,
});
const [home, help, login] = [state('Home'), state('Help'), state('Login', { status: 307 })];
const rule = (source: StateKey, dest: StateKey, p: number, t = 1): TransitionRule => ({
  source,
  dest,
  p,
  t,
});
const entry = { ...home, weight: 1 };
const random = Random.of(1, 1, 'behaviour');

const start = (rules: readonly TransitionRule[]) => {
  const found = stateMachine(rules, [entry]).entry('Guest', 'free', random);
  if (found === undefined) throw new Error('no entry');
  return found;
};
const pageAt = (rules: readonly TransitionRule[], draw: number) => start(rules).next(draw)?.to.page;

test('a draw leads where its share of the probabilities lies, and past their sum ends the session', () => {
  const rules = [rule(home, help, 0.5), rule(home, login, 0.25)];
  expect(pageAt(rules, 0)).toBe('Help');
  expect(pageAt(rules, 0.4999)).toBe('Help');
  expect(pageAt(rules, 0.5)).toBe('Login');
  expect(pageAt(rules, 0.7499)).toBe('Login');
  expect(pageAt(rules, 0.75)).toBeUndefined();
  expect(pageAt(rules, 0.9999)).toBeUndefined();
});

test('decimals that add up to 1 leave no end', () => {
  const rules = [
    rule(home, help, 0.7),
    rule(home, login, 0.1),
    rule(home, home, 0.1),
    rule(home, state('About'), 0.1),
  ];
  expect(0.7 + 0.1 + 0.1 + 0.1).toBeLessThan(1);
  expect(pageAt(rules, 1 - 2 ** -53)).toBeDefined();
});

test('the last of several rules from one state to another counts', () => {
  const rules = [rule(home, help, 0.5), rule(home, help, 0.125, 3)];
  expect(pageAt(rules, 0.124)).toBe('Help');
  expect(pageAt(rules, 0.126)).toBeUndefined();
  expect(start(rules).next(0)?.waitFactor).toBe(3);
});

test('states with any difference are different states', () => {
  const { states } = stateMachine(
    [
      rule(home, state('Home', { level: 'paid' }), 0.1),
      rule(home, state('Home', { status: 404 }), 0.1),
    ],
    [entry],
  );
  expect(states.map(stateId)).toEqual([
    'Home (GET 200, Guest, free)',
    'Home (GET 200, Guest, paid)',
    'Home (GET 404, Guest, free)',
  ]);
});

test('statuses of 300 to 399 are redirects, and NextSong is a song', () => {
  const flags = ([status, page]: [number, string]) => {
    const [found] = stateMachine([], [{ ...state(page, { status }), weight: 1 }]).states;
    return [found?.isRedirect, found?.isSong];
  };
  expect(flags([299, 'Home'])).toEqual([false, false]);
  expect(flags([300, 'Home'])).toEqual([true, false]);
  expect(flags([399, 'Home'])).toEqual([true, false]);
  expect(flags([400, 'Home'])).toEqual([false, false]);
  expect(flags([200, 'NextSong'])).toEqual([false, true]);
});

test('sessions start by weight among the states of their auth and level', () => {
  const machine = stateMachine(
    [rule(home, help, 0.5)],
    [
      { ...home, weight: 1 },
      { ...help, weight: 3 },
      { ...login, weight: 0 },
      { ...state('Home', { level: 'paid' }), weight: 100 },
    ],
  );
  const pages = Array.from(
    { length: 4_000 },
    () => machine.entry('Guest', 'free', random)?.page ?? '',
  );
  const share = (page: string) => pages.filter((found) => found === page).length / pages.length;
  expect(share('Home')).toBeCloseTo(0.25, 1);
  expect(share('Help')).toBeCloseTo(0.75, 1);
  expect(share('Login')).toBe(0);
  expect(machine.entry('Guest', 'paid', random)?.level).toBe('paid');
  expect(machine.entry('Logged In', 'free', random)).toBeUndefined();
});

test('a state lists its transitions with their probabilities', () => {
  const found = start([rule(home, login, 0.25, 2), rule(home, help, 0.5)]).transitions;
  expect(
    found.map(({ to, probability, waitFactor }) => [to.page, probability, waitFactor]),
  ).toEqual([
    ['Help', 0.5, 1],
    ['Login', 0.25, 2],
  ]);
});
