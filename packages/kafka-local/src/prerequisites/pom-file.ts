import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The pom that names all jars. It is part of the package, wherever the code was bundled to. */
export function pomFile(): string {
  const manifest = createRequire(import.meta.url).resolve('@streamify/kafka-local/package.json');
  return join(dirname(manifest), 'local', 'pom.xml');
}
