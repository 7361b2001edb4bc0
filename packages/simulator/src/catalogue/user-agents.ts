import type { UserAgent } from './catalogue.ts';

const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const linux = 'Mozilla/5.0 (X11; Linux x86_64)';
const android = 'Mozilla/5.0 (Linux; Android 10; K)';
const iphone = (version: string) =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS ${version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)`;
const chrome = (system: string, version: number, mobile = '') =>
  `${system} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 ${mobile}Safari/537.36`;
const edge = (system: string, version: number) => `${chrome(system, version)} Edg/${version}.0.0.0`;
const safari = (version: string) =>
  `${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version} Safari/605.1.15`;
const firefox = (system: string, version: number) =>
  `${system.slice(0, -1)}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`;

/** Browsers of 2026 in their reduced form, with rough shares of use. */
export const userAgents: readonly UserAgent[] = [
  { name: chrome(windows, 145), weight: 190 },
  { name: chrome(windows, 144), weight: 90 },
  { name: chrome(mac, 145), weight: 75 },
  { name: chrome(mac, 144), weight: 30 },
  { name: chrome(linux, 145), weight: 18 },
  { name: chrome('Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)', 144), weight: 12 },
  { name: chrome(android, 145, 'Mobile '), weight: 140 },
  { name: chrome(android, 144, 'Mobile '), weight: 60 },
  { name: edge(windows, 145), weight: 62 },
  { name: edge(windows, 144), weight: 24 },
  { name: edge(mac, 145), weight: 5 },
  { name: `${iphone('18_7')} Version/26.2 Mobile/15E148 Safari/604.1`, weight: 150 },
  { name: `${iphone('18_6')} Version/18.6 Mobile/15E148 Safari/604.1`, weight: 70 },
  { name: `${iphone('18_7')} CriOS/145.0.7632.41 Mobile/15E148 Safari/604.1`, weight: 22 },
  { name: safari('26.2'), weight: 48 },
  { name: safari('18.6'), weight: 26 },
  { name: firefox(windows, 147), weight: 30 },
  { name: firefox(windows, 140), weight: 8 },
  { name: firefox('Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15)', 147), weight: 8 },
  { name: firefox(linux, 147), weight: 9 },
  { name: firefox('Mozilla/5.0 (Android 15; Mobile)', 147), weight: 6 },
  {
    name: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36',
    weight: 26,
  },
];
