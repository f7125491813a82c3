import { parseArgs } from 'node:util';
import { shippedDeliveries } from './deliveries.js';
import { UsageError } from './errors.js';

export const usage = `Usage: npm start -- [options]

  --url URL          the Redis to use: redis://, rediss://, redis+sentinel:// or redis+cluster://
                     (default: memory://, in this process)
  --workers N        share the work among N processes, and kill one of them in the middle
  --in-flight N      how many deliveries are on their way at once (default: 64)
  --deliveries FILE  another file of deliveries, in JSON lines
  --limit N          only the first N deliveries
  --help             this text`;

export interface Options {
  url: string;
  /** 0: no processes but this one. */
  workers: number;
  inFlight: number;
  file: URL | string;
  limit: number;
}

/** `undefined`: only help is wanted. @throws {@link UsageError} */
export function parseOptions(args: readonly string[]): Options | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const options = {
    url: values.url ?? 'memory://orders-example',
    workers: toCount('workers', values.workers, 0),
    inFlight: toCount('in-flight', values['in-flight'], 64),
    file: values.deliveries ?? shippedDeliveries,
    limit: toCount('limit', values.limit, Number.POSITIVE_INFINITY),
  };
  if (options.workers > 0 && options.url.startsWith('memory:')) {
    throw new UsageError(
      '--workers needs a Redis server that the processes can share: add --url redis://... (memory:// is in one process).',
    );
  }
  if (options.workers === 1) {
    throw new UsageError('--workers needs at least 2, for one of them is killed.');
  }
  return options;
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        url: { type: 'string' },
        workers: { type: 'string' },
        'in-flight': { type: 'string' },
        deliveries: { type: 'string' },
        limit: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function toCount(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1) return count;
  throw new UsageError(`--${name} must be a whole number of at least 1, not "${text}".`);
}
