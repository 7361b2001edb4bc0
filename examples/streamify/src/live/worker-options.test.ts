import { expect, it } from 'vitest';
import { parseWorkerOptions } from './worker-options.ts';

const parse = (...args: string[]) => parseWorkerOptions(args, '/from');

it('joins the run of the usual folder unless it is told another', () => {
  expect(parse()).toEqual({ help: false, dataDir: '/from/.streamify', run: undefined });
  expect(parse('--data-dir', 'x')).toMatchObject({ dataDir: '/from/x' });
  for (const run of ['streamify-0a1b2c3d', 'streamify-0a1b2c3d-json'])
    expect(parse('--run', run)).toMatchObject({ run });
  expect(parse('-h')).toMatchObject({ help: true });
});

it.each([
  [
    ['--run', 'mine'],
    '--run takes the name that the run prints, such as streamify-0a1b2c3d, got "mine"',
  ],
  [['--run', 'streamify-0a1b2c3d', '--data-dir', 'x'], 'give one of them'],
  [['--data-dir', ''], '--data-dir takes a path, got nothing'],
  [['--speed', '3'], "Unknown option '--speed'; npm run worker -- --help lists the options"],
])('refuses %j with a clear message', (args, message) => {
  expect(() => parse(...args)).toThrow(message);
});
