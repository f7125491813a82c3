import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { readPage, root, type Snippet } from './snippets.js';

/** The examples that stand in the docstrings of `src`. */
export function docstringExamples(): Snippet[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name.replaceAll(sep, '/')}`)
    .filter((name) => name.endsWith('.ts'));
  return files.flatMap((file) => examplesIn(file, readPage(file)));
}

function examplesIn(file: string, text: string): Snippet[] {
  // Up to the next tag of the docstring, or to its end. A decorator has code before or after it.
  const examples = /^ *\* @example\n(.*?)(?=^ *\* @(?:throws|param|returns|see)\b|^ *\*\/)/gms;
  return [...text.matchAll(examples)].map((match) => ({
    place: `${file}:${text.slice(0, match.index).split('\n').length}`,
    code: (match[1] ?? '').replaceAll(/^ *\* ?/gm, '').replaceAll(/^```(?:ts)?\n/gm, ''),
  }));
}
