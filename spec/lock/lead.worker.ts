/** A candidate that leads until it is told otherwise, and tells what becomes of it. */
import { createClient, isQxCacheError, type LeadOptions, lead } from '../../src/index.js';

export type ToLeadWorker =
  /** Ends the work: by returning, or by throwing. */
  | { readonly do: 'return' | 'throw' }
  /** Aborts the signal. */
  | { readonly do: 'stop' };

export type FromLeadWorker =
  | { readonly is: 'ready' | 'resolved' }
  | { readonly is: 'leads'; readonly token: number }
  /** The work has settled. */
  | { readonly is: 'left'; readonly token: number; readonly wasAborted: boolean }
  | { readonly is: 'heard'; readonly code: string }
  | { readonly is: 'rejected'; readonly message: string };

const [url = '', namespace = '', options = '{}'] = process.argv.slice(2);
const redis = await createClient({ url, namespace });
const stopping = new AbortController();
let endWork: ((how: 'return' | 'throw') => void) | undefined;

process.on('message', (message: ToLeadWorker) => {
  if (message.do === 'stop') stopping.abort();
  else endWork?.(message.do);
});

async function work(signal: AbortSignal, token: number): Promise<void> {
  send({ is: 'leads', token });
  const how = await new Promise<'return' | 'throw'>((resolve) => {
    endWork = resolve;
    signal.addEventListener('abort', () => resolve('return'), { once: true });
  });
  send({ is: 'left', token, wasAborted: signal.aborted });
  if (how === 'throw') throw new Error('as told');
}

send({ is: 'ready' });
await lead(redis, 'a', work, {
  ...(JSON.parse(options) as Pick<LeadOptions, 'ttlSeconds'>),
  signal: stopping.signal,
  onError: (error) => send({ is: 'heard', code: isQxCacheError(error) ? error.code : `${error}` }),
}).then(
  () => send({ is: 'resolved' }),
  (error: Error) => send({ is: 'rejected', message: error.message }),
);
process.disconnect();
await redis.quit();

function send(message: FromLeadWorker): void {
  process.send?.(message);
}
