import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { runProgram } from './run-program.js';
import { pages, problemsOf, readPage, snippetsOf } from './snippets.js';

const root = join(import.meta.dirname, '../..');

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

  it('start with a page whose code runs as it stands', async () => {
    const [snippet] = snippetsOf('docs/getting-started.md');
    expect(await runProgram(snippet?.code ?? '')).to.equal('true\n');
  });

  for (const page of pages()) {
    it(`have links that lead somewhere: ${page}`, () => {
      const targets = [...readPage(page).matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)];
      const broken = targets.filter(
        ([, path]) => !existsSync(join(root, dirname(page), path ?? '')),
      );
      expect(broken.map(([link]) => link)).to.deep.equal([]);
    });
  }
});
