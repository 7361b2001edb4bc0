import type { EventsimConfig, EventsimState } from './eventsim-config.ts';

const GET = { method: 'GET', status: 200 } as const;
const PUT = { method: 'PUT', status: 200 } as const;
const REDIRECT = { method: 'PUT', status: 307 } as const;

/** How each page of the site is served. */
const pages = {
  Home: GET,
  About: GET,
  Help: GET,
  Register: GET,
  Settings: GET,
  Upgrade: GET,
  Downgrade: GET,
  'Cancellation Confirmation': GET,
  NextSong: PUT,
  Login: REDIRECT,
  Logout: REDIRECT,
  'Submit Registration': REDIRECT,
  'Submit Upgrade': REDIRECT,
  'Submit Downgrade': REDIRECT,
  'Save Settings': REDIRECT,
  Cancel: REDIRECT,
  Error: { method: 'GET', status: 404 },
} as const satisfies Record<string, { method: string; status: number }>;
type Page = keyof typeof pages;

type Ways = { readonly [P in Page]?: number };
/** A way to a page of somebody else: whoever logs in, out, up, down or leaves. */
type Crossing = readonly [page: Page, auth: string, level: string, p: number];
type Site = { readonly [P in Page]?: { readonly to?: Ways; readonly over?: readonly Crossing[] } };

const crossings: readonly Crossing[] = [];
const site = (auth: string, level: string, from: Site): EventsimConfig['transitions'] => {
  const state = (page: Page, owner = auth, tier = level): EventsimState => ({
    page,
    ...pages[page],
    auth: owner,
    level: tier,
  });
  return (Object.keys(from) as Page[]).flatMap((page) => {
    const { to = {}, over = crossings } = from[page] ?? {};
    const source = state(page);
    return [
      ...(Object.keys(to) as Page[]).map((next) => ({
        source,
        dest: state(next),
        p: to[next] ?? 0,
      })),
      ...over.map(([next, owner, tier, p]) => ({ source, dest: state(next, owner, tier), p })),
    ];
  });
};

const guest = site('Guest', 'free', {
  Home: { to: { Register: 0.34, About: 0.12, Home: 0.08, Help: 0.04, Error: 0.002 } },
  About: { to: { Home: 0.28, Register: 0.16, About: 0.04, Help: 0.04, Error: 0.002 } },
  Help: { to: { Home: 0.24, Help: 0.08, Register: 0.06, About: 0.02, Error: 0.002 } },
  Register: {
    to: { Home: 0.08, Register: 0.06, Help: 0.03, About: 0.02, Error: 0.002 },
    over: [['Submit Registration', 'Logged In', 'free', 0.68]],
  },
  Error: { to: { Home: 0.45, Error: 0.08, Help: 0.06, About: 0.02 } },
});

const loggedOut = (level: string) =>
  site('Logged Out', level, {
    Home: { to: { Login: 0.56, Home: 0.09, About: 0.06, Help: 0.05, Error: 0.002 } },
    About: { to: { Login: 0.42, Home: 0.26, About: 0.05, Help: 0.03, Error: 0.002 } },
    Help: { to: { Login: 0.46, Home: 0.24, Help: 0.11, About: 0.02, Error: 0.002 } },
    Login: {
      to: { Home: 0.075, Error: 0.005 },
      over: [['Home', 'Logged In', level, 0.92]],
    },
    Error: { to: { Home: 0.46, Login: 0.14, Help: 0.06, Error: 0.02, About: 0.01 } },
  });

const free = site('Logged In', 'free', {
  'Submit Registration': { to: { Home: 1 } },
  Home: {
    to: {
      NextSong: 0.66,
      Settings: 0.022,
      Upgrade: 0.014,
      Home: 0.012,
      Logout: 0.012,
      Help: 0.004,
      About: 0.003,
      Error: 0.0012,
    },
  },
  NextSong: {
    to: {
      NextSong: 0.58,
      Home: 0.024,
      Logout: 0.016,
      Upgrade: 0.011,
      Settings: 0.006,
      Help: 0.005,
      About: 0.002,
      Error: 0.0012,
    },
  },
  About: {
    to: {
      NextSong: 0.34,
      Home: 0.22,
      About: 0.04,
      Help: 0.014,
      Settings: 0.012,
      Logout: 0.01,
      Error: 0.001,
    },
  },
  Help: {
    to: {
      NextSong: 0.36,
      Home: 0.21,
      Help: 0.09,
      Settings: 0.04,
      Upgrade: 0.012,
      Logout: 0.01,
      About: 0.004,
      Error: 0.001,
    },
  },
  Settings: {
    to: {
      NextSong: 0.33,
      'Save Settings': 0.22,
      Home: 0.11,
      Settings: 0.08,
      Help: 0.04,
      Upgrade: 0.014,
      Logout: 0.01,
      Cancel: 0.006,
      About: 0.002,
      Error: 0.001,
    },
  },
  'Save Settings': { to: { Home: 0.68, Settings: 0.12, Error: 0.002 } },
  Upgrade: {
    to: {
      NextSong: 0.35,
      'Submit Upgrade': 0.26,
      Home: 0.12,
      Upgrade: 0.06,
      Logout: 0.01,
      Help: 0.008,
      About: 0.002,
      Error: 0.001,
    },
  },
  'Submit Upgrade': { over: [['Home', 'Logged In', 'paid', 1]] },
  Logout: { over: [['Home', 'Logged Out', 'free', 1]] },
  Cancel: {
    to: { Error: 0.002 },
    over: [['Cancellation Confirmation', 'Cancelled', 'free', 0.998]],
  },
  Error: {
    to: { NextSong: 0.32, Home: 0.14, Logout: 0.012, Error: 0.01, Help: 0.004, About: 0.002 },
  },
});

const paid = site('Logged In', 'paid', {
  Home: {
    to: {
      NextSong: 0.86,
      Settings: 0.018,
      Home: 0.012,
      Logout: 0.01,
      Downgrade: 0.008,
      Help: 0.003,
      About: 0.002,
      Error: 0.001,
    },
  },
  NextSong: {
    to: {
      NextSong: 0.912,
      Home: 0.022,
      Logout: 0.012,
      Downgrade: 0.008,
      Settings: 0.006,
      Help: 0.005,
      About: 0.002,
      Error: 0.001,
    },
  },
  About: {
    to: {
      NextSong: 0.44,
      Home: 0.22,
      About: 0.04,
      Settings: 0.012,
      Help: 0.012,
      Logout: 0.01,
      Error: 0.001,
    },
  },
  Help: {
    to: {
      NextSong: 0.7,
      Home: 0.12,
      Help: 0.06,
      Settings: 0.02,
      Downgrade: 0.01,
      Logout: 0.01,
      About: 0.003,
      Error: 0.001,
    },
  },
  Settings: {
    to: {
      NextSong: 0.58,
      'Save Settings': 0.21,
      Home: 0.06,
      Settings: 0.05,
      Help: 0.04,
      Downgrade: 0.012,
      Logout: 0.01,
      Cancel: 0.006,
      About: 0.002,
      Error: 0.001,
    },
  },
  'Save Settings': { to: { Home: 0.78, Settings: 0.12, Error: 0.002 } },
  Downgrade: {
    to: {
      NextSong: 0.64,
      Home: 0.1,
      Downgrade: 0.06,
      'Submit Downgrade': 0.03,
      Logout: 0.01,
      Help: 0.008,
      About: 0.002,
      Error: 0.001,
    },
  },
  'Submit Downgrade': {
    to: { Error: 0.002 },
    over: [['Home', 'Logged In', 'free', 0.998]],
  },
  Logout: { over: [['Home', 'Logged Out', 'paid', 1]] },
  Cancel: {
    to: { Error: 0.002 },
    over: [['Cancellation Confirmation', 'Cancelled', 'paid', 0.998]],
  },
  Error: {
    to: { NextSong: 0.3, Home: 0.14, Help: 0.01, Logout: 0.01, Error: 0.01, About: 0.002 },
  },
});

const entries = (auth: string, level: string, weights: Ways): EventsimConfig['new-session'] =>
  (Object.keys(weights) as Page[]).map((page) => ({
    page,
    ...pages[page],
    auth,
    level,
    weight: weights[page] ?? 0,
  }));

/**
 * A music service of 17 pages and 40 states, in Eventsim's format; one listener in six pays.
 *
 * Of our own making: a listener comes back after 5 days on average, plays about 7 songs a session while
 * free and about 12 when paying, and comes less at night, on weekends and on US holidays. To vary it,
 * spread it: `{ ...defaultConfig, beta: 86_400 }`; to keep it as a file, `JSON.stringify` it.
 */
export const defaultConfig: EventsimConfig = {
  alpha: 75,
  beta: 432_000,
  damping: 0.09,
  'weekend-damping': 0.45,
  'weekend-damping-offset': 150,
  'weekend-damping-scale': 300,
  'session-gap': 1_800,
  'churned-state': 'Cancelled',
  'new-user-auth': 'Guest',
  'new-user-level': 'free',
  'show-user-details': [
    { auth: 'Guest', show: false },
    { auth: 'Logged In', show: true },
    { auth: 'Logged Out', show: false },
    { auth: 'Cancelled', show: true },
  ],
  levels: [
    { level: 'free', weight: 5 },
    { level: 'paid', weight: 1 },
  ],
  auths: [
    { auth: 'Guest', weight: 0 },
    { auth: 'Logged In', weight: 12 },
    { auth: 'Logged Out', weight: 1 },
  ],
  'new-session': [
    ...entries('Guest', 'free', { Home: 70, Register: 16, About: 9, Help: 4, Error: 1 }),
    ...entries('Logged In', 'free', { NextSong: 600, Home: 380, Help: 4, About: 3, Error: 1 }),
    ...entries('Logged In', 'paid', { NextSong: 660, Home: 330, Help: 3, About: 2, Error: 1 }),
    ...entries('Logged Out', 'free', { Home: 640, Login: 340, About: 8, Help: 8, Error: 1 }),
    ...entries('Logged Out', 'paid', { Home: 600, Login: 380, About: 8, Help: 8, Error: 1 }),
  ],
  transitions: [...guest, ...loggedOut('free'), ...loggedOut('paid'), ...free, ...paid],
};
