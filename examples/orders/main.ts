/** Delivers 2,000 messages to an order service and checks its books. `npm start -- --help` */
import { isQxCacheError } from 'qx-cache';
import { RunFailed, UsageError } from './errors.js';
import { type Options, parseOptions, usage } from './options.js';
import { Progress } from './progress.js';
import { tableOf, verdictOf } from './report.js';
import { runOrders } from './run.js';

const INTERRUPTED = 130;

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options) return run(options);
  console.log(usage);
  return 0;
}

async function run(options: Options): Promise<number> {
  // The first Ctrl-C ends the run in an orderly way, a second one at once.
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());

  const { signal } = stop;
  const progress = new Progress(process.stderr);
  const running = runOrders({ ...options, signal, onProgress: progress.update });
  const outcome = await running
    .catch((error) => {
      if (!signal.aborted) throw error;
    })
    .finally(() => progress.end());

  if (outcome) console.log(tableOf(outcome));
  if (!outcome || signal.aborted) {
    console.error('\nInterrupted; the books were not checked.');
    return INTERRUPTED;
  }
  const isRight = outcome.problems.length === 0;
  (isRight ? console.log : console.error)(`\n${verdictOf(outcome)}`);
  return isRight ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isExplained = error instanceof UsageError || error instanceof RunFailed;
  if (!isExplained && !isQxCacheError(error)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
