import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { type Example, examplesOf } from './examples.ts';
import { pages, root } from './pages.ts';

/** Examples stand where a user of all packages would write them. */
const folder = join(root, 'examples', 'streamify', 'src');

/** What the compiler says about the examples, as `page:line message`. */
function diagnose(examples: readonly Example[]): readonly string[] {
  const files = new Map(
    examples.map((example, index) => [join(folder, `doc-example-${index}.ts`), example]),
  );
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file)?.code ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const example = files.get(file);
    if (!example) return getSourceFile(file, version, ...rest);
    return ts.createSourceFile(file, example.code, version);
  };
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true }, host);
  return [...files].flatMap(([file, { page, line }]) => {
    const source = program.getSourceFile(file);
    return ts.getPreEmitDiagnostics(program, source).map(({ messageText, start = 0 }) => {
      const at = line + (source?.getLineAndCharacterOfPosition(start).line ?? 0);
      return `${page}:${at} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}

describe('the examples of the documentation', () => {
  it('compile', () => {
    const examples = pages().flatMap(examplesOf);
    expect(examples.map(({ page }) => page)).toContain('README.md');
    expect(diagnose(examples)).toEqual([]);
  });

  it('would be caught if they did not', () => {
    const wrong = examplesOf({
      path: 'x.md',
      text: '# x\n\n```ts\nexport const a = 1;\nexport const b: string = a;\n```\n',
    });
    expect(diagnose(wrong)).toEqual(["x.md:5 Type 'number' is not assignable to type 'string'."]);
  });
});
