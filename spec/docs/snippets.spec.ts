import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { pages, problemsOf, readPage, snippetsOf } from './snippets.js';

describe('The docs', () => {
  it('have snippets that compile as a user’s code', () => {
    const snippets = pages().flatMap(snippetsOf);
    expect(snippets.length).to.be.greaterThan(20);
    expect(problemsOf(snippets)).to.deep.equal([]);
  }).timeout(60_000);

  it('would notice a snippet that does not compile', () => {
    const [problem] = problemsOf([{ place: 'nowhere:1', code: 'await store.runs(key);\n' }]);
    expect(problem).to.match(/^nowhere:1: .*'runs' does not exist/);
  }).timeout(60_000);

  for (const page of pages()) {
    it(`have links that lead somewhere: ${page}`, () => {
      const root = join(import.meta.dirname, '../..');
      const targets = [...readPage(page).matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)];
      const broken = targets.filter(([, path]) => !existsSync(join(root, dirname(page), path ?? '')));
      expect(broken.map(([link]) => link)).to.deep.equal([]);
    });
  }
});
