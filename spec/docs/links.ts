import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import GithubSlugger from 'github-slugger';
import { pages, readPage, root } from './snippets.js';

/** Links of a page that lead nowhere: no such file, or no such heading in it. */
export function brokenLinks(page: string, text = readPage(page)): string[] {
  const links = prose(text).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g);
  return [...links]
    .filter(([, path, anchor]) => {
      const target = path ? posix.join(posix.dirname(page), path) : undefined;
      if (target && !existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target ? readPage(target) : text).has(anchor);
    })
    .map(([link]) => link);
}

/** Links of a page to other sites that no browser could follow, or that are not encrypted. */
export function malformedUrls(page: string, text = readPage(page)): string[] {
  const urls = [...prose(text).matchAll(/\]\(((?!mailto:)[a-z][a-z+.-]*:[^)]*)\)/gi)].map(
    ([, url = '']) => url,
  );
  return urls.filter((url) => {
    const isWhole = URL.canParse(url) && !/\s/.test(url);
    return !isWhole || !/^https:\/\/[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)/.test(url);
  });
}

/** Links of a page that are broken where the package is installed: it has no such file. */
export function unshippedLinks(
  page: string,
  shipped: ReadonlySet<string>,
  text = readPage(page),
): string[] {
  return [...prose(text).matchAll(/\]\((?!https?:|mailto:)([^)#\s]+)/g)]
    .map(([, path = '']) => posix.join(posix.dirname(page), path))
    .filter(
      (target) => ![...shipped].some((file) => file === target || file.startsWith(`${target}/`)),
    );
}

/** The files of the package, built or not. */
export function shippedFiles(): Set<string> {
  // On Windows npm is a script of the shell.
  const options = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' } as const;
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [{ files }] = JSON.parse(execFileSync('npm', args, { ...options, stdio: 'pipe' }));
  return new Set(files.map(({ path }: { path: string }) => path));
}

/** The pages to which none leads, from the README on. */
export function pagesWithoutLink(): string[] {
  const targets = pages().flatMap((page) =>
    [...prose(readPage(page)).matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, path = '']) =>
      posix.join(posix.dirname(page), path),
    ),
  );
  return pages().filter((page) => page !== 'README.md' && !targets.includes(page));
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(text: string): Set<string> {
  const slugger = new GithubSlugger();
  const headings = prose(text).matchAll(/^#{1,6} (.*)$/gm);
  return new Set([...headings].map(([, heading = '']) => slugger.slug(plain(heading))));
}

/** A heading without its links and marks. */
function plain(heading: string): string {
  return heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');
}

/** A page without its blocks of code. */
function prose(text: string): string {
  return text.replaceAll(/^( *)```.*?^\1```$/gms, '');
}
