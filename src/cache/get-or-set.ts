import { type Codec, seal } from '../codec/codec.js';
import { passThrough } from '../codec/standard-schema.js';
import { checkFunction } from '../settings/check-function.js';
import { validate } from '../settings/validate.js';
import type { GetOrSetOptions } from './cache-options.js';
import { subject } from './entry-gateway.js';
import type { Loaded } from './flight.js';
import { shorten } from './jitter.js';
import type { LoadGateway } from './load-gateway.js';
import { valueOrLoad } from './single-load.js';
import { open } from './stored-value.js';
import { checkKey, getOrSetOptions } from './validation.js';

/** `Cache.getOrSet`; its promises are told there. */
export async function getOrSet<T>(
  loads: LoadGateway,
  codec: Codec,
  jitter: number,
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  options: GetOrSetOptions<T>,
): Promise<T> {
  checkKey(key);
  checkFunction('Cache', 'load', load);
  const { ttlSeconds, staleSeconds } = validate('Cache.getOrSet', getOrSetOptions, options);
  const { schema } = options;

  const loadAndSeal = async (signal: AbortSignal): Promise<Loaded<T>> => {
    const loaded = await load(signal);
    // Before the schema, which may change what it is given.
    const text = seal(codec, loaded);
    const origin = `What was loaded for ${subject(key)}`;
    return { text, value: schema ? await passThrough(schema, loaded, origin) : loaded };
  };

  const lifetime = { ttlSeconds: shorten(ttlSeconds, jitter), staleSeconds };
  const turn = await valueOrLoad(loads, key, staleSeconds > 0);
  if (turn.status === 'load') return turn.flight.run(loadAndSeal, lifetime);
  if (turn.status === 'refresh') {
    // The caller is served; a failure shows on the diagnostics channel.
    turn.flight.run(loadAndSeal, lifetime).catch(() => {});
  }
  return open(codec, key, turn.text, schema);
}
