import { expect } from 'chai';
import { readPage } from './snippets.js';

/** Blocks that say, in a comment before them, from which file they are. */
function shownCode(page: string): { file: string; code: string }[] {
  const blocks = /^<!-- (examples\/\S+) -->\n```ts\n(.*?)^```$/gms;
  return [...readPage(page).matchAll(blocks)].map(([, file = '', code = '']) => ({ file, code }));
}

/** Without imports, which a page may shorten, and without `export`, which it leaves out. */
function bodyOf(code: string): string {
  return code
    .replace(/^import [^;]*;$/gms, '')
    .replace(/^export /gm, '')
    .trim();
}

describe('What the docs show of the examples', () => {
  for (const [page, blocks] of [
    ['docs/results.md', 5],
    ['docs/recipes.md', 3],
  ] as const) {
    it(`is the code that runs: ${page}`, () => {
      const shown = shownCode(page);
      expect(shown.length).to.be.at.least(blocks);
      for (const { file, code } of shown) {
        expect(bodyOf(readPage(file)), file).to.include(bodyOf(code));
      }
    });
  }
});
