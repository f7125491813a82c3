import { expect } from 'chai';
import { docstringExamples } from './docstrings.js';
import {
  brokenLinks,
  malformedUrls,
  pagesWithoutLink,
  shippedFiles,
  unshippedLinks,
} from './links.js';
import { runProgram } from './run-program.js';
import { blocksOf, pages, problemsOf, snippetsOf, syntaxProblemsOf } from './snippets.js';

describe('The docs', () => {
  it('and the docstrings have snippets that compile as a user’s code', () => {
    const [snippets, examples] = [pages().flatMap(snippetsOf), docstringExamples()];
    expect(snippets.length).to.be.greaterThan(20);
    expect(examples.length).to.be.greaterThan(50);
    // All in one program, which takes seconds to set up; with one that must be found wrong.
    const wrong = { place: 'nowhere:1', code: 'await store.runs(key);\n' };
    const [problem, ...others] = problemsOf([wrong, ...snippets, ...examples]);
    expect(problem).to.match(/^nowhere:1: .*'runs' does not exist/);
    expect(others).to.deep.equal([]);
  }).timeout(60_000);

  it('show other libraries in JavaScript that can be read', () => {
    const snippets = pages().flatMap((page) => blocksOf(page, 'js'));
    expect(snippets.length).to.be.greaterThan(5);
    expect(syntaxProblemsOf(snippets)).to.deep.equal([]);
    const wrong = ['const a = ;\n', 'const a: string = b;\n'];
    for (const code of wrong) {
      expect(syntaxProblemsOf([{ place: 'nowhere:1', code }])).to.have.length(1);
    }
  });

  it('start with a page whose code runs as it stands', async () => {
    const [snippet] = snippetsOf('docs/getting-started.md');
    expect(await runProgram(snippet?.code ?? '')).to.equal('true\n');
  });

  for (const page of pages()) {
    it(`have links that lead somewhere: ${page}`, () => {
      expect(brokenLinks(page)).to.deep.equal([]);
      expect(malformedUrls(page)).to.deep.equal([]);
    });
  }

  it('would notice a link to a page, or a place in it, that is not there', () => {
    const links = ['[a](nothing.md)', '[a](locks.md#nothing)', '[a](#nothing)'];
    const good = ['[a](locks.md#options)', '[a](#here-it-is)', '[a](https://redis.io)'];
    const text = ['# Here `it` is', ...links, ...good, '```js', '[1](2)', '```'].join('\n');
    expect(brokenLinks('docs/page.md', text)).to.deep.equal(links.map((link) => link.slice(2)));
  });

  it('would notice a URL that leads nowhere, or is not encrypted', () => {
    const bad = ['http://redis.io', 'https://redis', 'https:/redis.io', 'https://redis.io/a b'];
    const text = [...bad, 'https://redis.io', 'https://redis.io:1/a?b#c'].map(
      (url) => `[a](${url})`,
    );
    expect(malformedUrls('docs/page.md', text.join('\n'))).to.deep.equal(bad);
  });

  it('link to what is in the package, so that they lead somewhere where it is installed, too', () => {
    const shipped = shippedFiles();
    const installed = pages().filter((page) => shipped.has(page));
    expect(installed).to.deep.equal(pages());
    for (const page of installed) expect(unshippedLinks(page, shipped), page).to.deep.equal([]);
    const text = '[a](locks.md#options) [a](acl) [a](../spec/docs/links.ts) [a](https://redis.io)';
    expect(unshippedLinks('docs/page.md', shipped, text)).to.deep.equal(['spec/docs/links.ts']);
  });

  it('can all be found from another page', () => {
    expect(pagesWithoutLink()).to.deep.equal([]);
  });
});
