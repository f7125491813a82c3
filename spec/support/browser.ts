import { readFileSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where scripts/setup noted which browser it found or installed. */
const note = new URL('../../node_modules/.cache/qx-cache/browser', import.meta.url);

/** A Chromium without windows; close it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserBinary() });
}

function browserBinary(): string {
  const chosen = process.env.QX_CACHE_TEST_BROWSER;
  if (chosen) return chosen;
  try {
    return readFileSync(note, 'utf8').trim();
  } catch {
    throw new Error(
      'No Chromium for the specs: install chromium or Chrome and run "node scripts/setup.mjs --browser", or set QX_CACHE_TEST_BROWSER to its path.',
    );
  }
}
