import { createInterface } from 'node:readline/promises';
import { printable } from '../errors/printable.js';
import { CliError } from './cli-error.js';
import type { Streams } from './streams.js';

/**
 * Asks before something that can't be undone. No answer, and the end of the input, are a no.
 *
 * @throws {@link CliError} when there is nobody to ask and `--yes` was not given
 */
export async function confirm(
  { stdin, stderr }: Streams,
  what: string,
  options: { readonly yes?: boolean | undefined },
): Promise<boolean> {
  if (options.yes) return true;
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new CliError(`${what} There is no terminal to ask for a confirmation: add --yes.`);
  }
  const readline = createInterface({ input: stdin, output: stderr });
  const closed = new Promise<string>((resolve) => readline.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([readline.question(`${printable(what)} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    readline.close();
  }
}
