import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** What a bundle for a browser would load, by an entry of this package. */
async function bundledFor(entry: string) {
  const { metafile, outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@streamify/source'],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  return { inputs: Object.keys(metafile.inputs), text: outputFiles[0]?.text ?? '' };
}

describe('the entry of operators', () => {
  it('runs in a browser: nothing of Node is in it', async () => {
    const { inputs, text } = await bundledFor('index.ts');
    expect(inputs.some((path) => path.endsWith('tumbling-window.ts'))).toBe(true);
    expect(inputs.filter((path) => /node:|avsc/.test(path))).toEqual([]);
    expect(text).not.toMatch(/\b(require|process|Buffer)\b\s*[.(]/);
  });

  it('would be found out if it had any', async () => {
    await expect(bundledFor('../index.ts')).rejects.toThrow(/Could not resolve/);
  });
});
