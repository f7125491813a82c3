import { styleText } from 'node:util';
import { printable } from '../../errors/printable.js';
import type { OutputStream } from '../streams.js';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';

/**
 * Makes a text safe for a terminal and gives it a style. All that users named goes through it, or through
 * `printable`.
 */
export type Paint = (style: Style, text: string) => string;

/**
 * Styles for a terminal, none for anything else. Node's own `hasColors` knows NO_COLOR, FORCE_COLOR and
 * TERM=dumb.
 */
export function paintFor(stream: OutputStream, wantsColor: boolean): Paint {
  const hasColors = wantsColor && stream.isTTY === true && stream.hasColors?.() === true;
  return hasColors
    ? // The stream was looked at here; newer versions of Node would look at another one.
      (style, text) => styleText(style, printable(text), { validateStream: false })
    : (_, text) => printable(text);
}
