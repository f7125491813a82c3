import { parseArgs } from 'node:util';
import { isQxCacheError } from 'qx-cache';

/** An example that needs to know which Redis to use, and nothing else. */
interface Example {
  /** How it is started, e.g. `webhook` for `npm run start:webhook`. */
  readonly name: string;
  /** Without a URL of the user. */
  readonly url: string;
  /** Gives the line that tells what came of it. */
  readonly run: (url: string) => Promise<string>;
}

/** Runs it by the arguments of the process. What is wrong with these, or with Redis, is told in one line. */
export async function runWithUrl({ name, url, run }: Example): Promise<void> {
  const usage = `Usage: npm run start:${name} [-- URL]   (the Redis to use; default: ${url})`;
  try {
    const options = { help: { type: 'boolean', short: 'h' } } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    console.log(values.help ? usage : await run(positionals[0] ?? url));
  } catch (error) {
    const isUsage = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
    if (!isUsage && !isQxCacheError(error)) throw error;
    console.error(isUsage ? usage : (error as Error).message);
    process.exitCode = isUsage ? 2 : 1;
  }
}
