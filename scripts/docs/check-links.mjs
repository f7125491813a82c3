// Looks whether each link and picture of the built site leads to a file, and to a place in it.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { root } from '../package/entry-points.mjs';

const site = join(root, 'site');
const pages = new Map(
  readdirSync(site, { recursive: true })
    .filter((name) => name.endsWith('.html'))
    .map((name) => [join(site, name), readFileSync(join(site, name), 'utf8')]),
);

/** Why a link of a page leads nowhere, if so. */
function problemOf(file, link) {
  const [path, anchor] = decodeURI(link.replaceAll('&amp;', '&')).split('#');
  const target = path ? resolve(file, '..', path.replace(/\?.*/, '')) : file;
  if (!target.startsWith(site + sep)) return 'is outside of the site';
  if (!statSync(target, { throwIfNoEntry: false })?.isFile()) return 'is not there';
  const isThere = !anchor || pages.get(target)?.includes(` id="${anchor}"`) !== false;
  return isThere ? undefined : 'has no such place';
}

let count = 0;
for (const [file, html] of pages) {
  const links = html.matchAll(/ (?:href|src)="([^"]+)"/g);
  for (const [, link] of links) {
    if (/^(?:[a-z]+:|\/\/)/.test(link)) continue;
    count += 1;
    const problem = problemOf(file, link);
    if (problem === undefined) continue;
    console.error(`${file.slice(site.length + 1)}: ${link} ${problem}`);
    process.exitCode = 1;
  }
}
console.log(`${count} links on ${pages.size} pages of the site`);
