import { expect } from 'chai';
import { brokenLinks, pagesWithoutLink } from './links.js';
import { runProgram } from './run-program.js';
import { pages, problemsOf, snippetsOf } from './snippets.js';

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
      expect(brokenLinks(page)).to.deep.equal([]);
    });
  }

  it('would notice a link to a page, or a place in it, that is not there', () => {
    const links = ['[a](nothing.md)', '[a](locks.md#nothing)', '[a](#nothing)'];
    const good = ['[a](locks.md#options)', '[a](#here-it-is)', '[a](https://redis.io)'];
    const text = ['# Here `it` is', ...links, ...good, '```js', '[1](2)', '```'].join('\n');
    expect(brokenLinks('docs/page.md', text)).to.deep.equal(links.map((link) => link.slice(2)));
  });

  it('can all be found from another page', () => {
    expect(pagesWithoutLink()).to.deep.equal([]);
  });
});
