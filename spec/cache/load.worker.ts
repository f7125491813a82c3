/** Asks a cache for one key, several times at once, when told to; loads only when told to. */
import { Cache } from '../../src/cache/index.js';
import { createClient } from '../../src/index.js';

export type ToLoadWorker =
  | { readonly do: 'ask'; readonly key: string; readonly callers: number }
  /** What the running load shall give; `undefined` lets it fail. */
  | { readonly do: 'load'; readonly value: string | undefined }
  | { readonly do: 'end' };

export type FromLoadWorker =
  | { readonly is: 'ready' | 'loading' }
  | { readonly is: 'answered'; readonly answers: readonly string[] };

const [url = '', namespace = ''] = process.argv.slice(2);
const redis = await createClient({ url, namespace });
const cache = new Cache(redis);
let finish: (value: string | undefined) => void = () => {};

async function load(): Promise<string> {
  const told = new Promise<string | undefined>((resolve) => {
    finish = resolve;
  });
  send({ is: 'loading' });
  const value = await told;
  if (value === undefined) throw new Error('failed');
  return value;
}

async function ask(key: string, callers: number): Promise<void> {
  const answers = Array.from({ length: callers }, () =>
    cache.getOrSet(key, load, { ttlSeconds: 60 }).catch((error: Error) => error.message),
  );
  send({ is: 'answered', answers: await Promise.all(answers) });
}

process.on('message', (message: ToLoadWorker) => {
  if (message.do === 'ask') void ask(message.key, message.callers);
  if (message.do === 'load') finish(message.value);
  if (message.do === 'end') {
    process.disconnect();
    void redis.quit();
  }
});
send({ is: 'ready' });

function send(message: FromLoadWorker): void {
  process.send?.(message);
}
