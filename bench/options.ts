import { parseArgs } from 'node:util';
import type { Measure } from './contest/measure.js';
import { measures } from './measures.js';

export const usage = `Usage: npm run bench -- [options] [measure or area ...]

  ${measures.map(lineOf).join('\n  ')}

An area is what comes before the hyphen: "lock" runs all measures of locks. Default: all but those with
a star, which take long.

  --rounds N    how often each contestant runs (default: what each measure thinks right)
  --keys N      how many keys growth-keys stores at most (default: 1,000,000; 10,000,000 take about
                17 GB and some minutes)
  --help        this text`;

/** The command line is wrong; the message says what is. */
export class UsageError extends Error {}

export interface Options {
  readonly measures: readonly Measure[];
  readonly rounds: number | undefined;
  readonly keys: number | undefined;
}

/** `undefined`: only help is wanted. @throws {@link UsageError} */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const chosen = positionals.flatMap(measuresCalled);
  return {
    measures: measures.filter((one) =>
      positionals.length === 0 ? !one.isApart : chosen.includes(one),
    ),
    rounds: toCount('--rounds', values.rounds),
    keys: toCount('--keys', values.keys),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        keys: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function measuresCalled(name: string): Measure[] {
  const found = measures.filter(
    (measure) => measure.name === name || measure.name.startsWith(`${name}-`),
  );
  if (found.length > 0) return found;
  throw new UsageError(`There is no measure or area "${name}".\n\n${usage}`);
}

function lineOf({ name, title, isApart }: Measure): string {
  return `${isApart ? '*' : ' '} ${name.padEnd(20)} ${title}`;
}

function toCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1) return count;
  throw new UsageError(`${option} must be a whole number of at least 1, not "${text}".`);
}
