import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installWithApt } from './apt.mjs';

const VARIABLE = 'QX_CACHE_TEST_BROWSER';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const cache = new URL('../../node_modules/.cache/qx-cache/', import.meta.url);

/**
 * Finds or installs Chromium, and notes its path where spec/support reads it. Without one, set-up goes on:
 * a single spec needs it, fails, and says what to do.
 */
export function provideBrowser() {
  mkdirSync(cache, { recursive: true });
  const note = new URL('browser', cache);
  rmSync(note, { force: true });
  try {
    const path = process.env[VARIABLE] || findBrowser() || installed();
    writeFileSync(note, `${path}\n`);
    console.log(`set-up: the page of examples/http is tested in ${path}`);
  } catch (error) {
    console.warn(
      `set-up: no Chromium (${error.message}); the spec of examples/http will fail.\n` +
        `Install chromium or Chrome with your package manager, or set ${VARIABLE} to its path.`,
    );
  }
}

function findBrowser() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...candidates, ...ELSEWHERE].find(isExecutable);
}

function installed() {
  installWithApt('chromium');
  const path = findBrowser();
  if (path) return path;
  throw new Error('apt-get installed none');
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
