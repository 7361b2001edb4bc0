import { cacheFolder } from '../prerequisites/cache-folder.ts';
import { fetchJars } from '../prerequisites/jars.ts';

/** Fetches the jars that are not there yet. */
export async function fetchCommand(
  registry: boolean,
  print: (text: string) => void,
): Promise<void> {
  const cache = cacheFolder();
  const report = (line: string) => print(`${line}\n`);
  await fetchJars('broker', cache, report);
  if (registry) await fetchJars('registry', cache, report);
  print(`the jars are in ${cache}\n`);
}
