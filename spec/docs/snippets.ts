import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import ts from 'typescript';

export const root = join(import.meta.dirname, '../..');

/** Declare what snippets and examples leave open. */
const contexts = ['context.ts', 'docstring-context.ts'];

/** Several runners of tests in one. Not in a context: there it would meet the types of mocha. */
const testRunner = `
export {};
declare global {
  function describe(name: string, body: () => void): void;
  function it(name: string, run: () => Promise<void>): { timeout(milliseconds: number): void };
  function test(name: string, run: () => Promise<void>, milliseconds?: number): void;
}
`;

/** A block of code of a Markdown page. */
export interface Snippet {
  /** Page and line, e.g. `docs/locks.md:8`. */
  readonly place: string;
  readonly code: string;
}

/** All Markdown pages that users read. */
export function pages(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll(sep, '/'))
    .filter((name) => name.endsWith('.md') && !name.endsWith('.api.md'));
  return [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'examples/README.md',
    ...docs.map((name) => `docs/${name}`),
  ];
}

/** The text of a page. */
export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** The TypeScript blocks of a page. */
export function snippetsOf(page: string): Snippet[] {
  return blocksOf(page, 'ts');
}

/** The blocks of a page that are in that language. */
export function blocksOf(page: string, language: 'ts' | 'js' | 'sql'): Snippet[] {
  const text = readPage(page);
  const blocks = new RegExp(`^( *)\`\`\`${language}\\n(.*?)^\\1\`\`\`$`, 'gms');
  return [...text.matchAll(blocks)].map((match) => ({
    place: `${page}:${text.slice(0, match.index).split('\n').length}`,
    code: match[2] ?? '',
  }));
}

/**
 * Type-checks snippets as a user's code, each in a function of its own (so that `return` and
 * `await` may stand in it); imports stay outside. Names that a snippet leaves open are declared in
 * the contexts.
 *
 * @returns what is wrong, with the place in the page
 */
export function problemsOf(snippets: readonly Snippet[]): string[] {
  const files = new Map(snippets.map((snippet, i) => [fileName(i), toModule(snippet.code)]));
  files.set(fileName(files.size), testRunner);
  const options: ts.CompilerOptions = {
    ...ts.parseConfigFileTextToJson('', readPage('tsconfig.json')).config.compilerOptions,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.es2024.string.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    paths: {
      'qx-cache': [join(root, 'src/index.ts')],
      'qx-cache/opentelemetry': [join(root, 'src/opentelemetry/index.ts')],
      'qx-cache/http': [join(root, 'src/http/index.ts')],
      'qx-cache/mediator': [join(root, 'src/mediator/index.ts')],
      'qx-cache/testing': [join(root, 'src/testing/index.ts')],
    },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, languageVersion, ...rest) => {
    const code = files.get(name);
    return code === undefined
      ? getSourceFile(name, languageVersion, ...rest)
      : ts.createSourceFile(name, code, languageVersion);
  };
  const program = ts.createProgram(
    [...files.keys(), ...contexts.map((name) => join(import.meta.dirname, name))],
    options,
    host,
  );
  return [...files.keys()].flatMap((name, i) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map((diagnostic) => problemAt(snippets[i]?.place, diagnostic)),
  );
}

/** What no JavaScript engine could read, of snippets that use what this project does not have. */
export function syntaxProblemsOf(snippets: readonly Snippet[]): string[] {
  return snippets.flatMap(({ place, code }) => {
    const { diagnostics = [] } = ts.transpileModule(code, {
      fileName: 'snippet.js',
      reportDiagnostics: true,
      compilerOptions: {
        allowJs: true,
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ESNext,
      },
    });
    return diagnostics.map((diagnostic) => problemAt(place, diagnostic));
  });
}

function problemAt(place: string | undefined, { messageText }: ts.Diagnostic): string {
  return `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}

function fileName(i: number): string {
  return join(import.meta.dirname, `snippet-${i}.ts`);
}

function toModule(code: string): string {
  const imports = code.match(/^import [^;]*;$/gms) ?? [];
  const body = imports.reduce((rest, statement) => rest.replace(statement, ''), code);
  return `${imports.join('\n')}\nexport async function snippet() {\n${body}\n}\n`;
}
