import type { Circumstances } from '../circumstances.js';
import { type CacheCall, loadEnd } from './cache-history.js';
import { isReplaced, type Write } from './cache-writes.js';
import type { Breach } from './verdict.js';

/** How long what is loaded lives, in seconds. */
export const LOAD_TTL_SECONDS = 1;

/** A read gives what the last write left: nothing older, nothing made up, and not nothing. */
export function checkRead(
  read: CacheCall,
  calls: readonly CacheCall[],
  writes: readonly Write[],
): Breach[] {
  const { key, process, answer, call, askedAt, answeredAt, loadingAt } = read;
  const isLoading = read.operation !== 'get';
  const said = `A caller of "${key}" in ${process} got ${answer}`;
  if (loadingAt !== undefined && read.operation === 'load') {
    if (answer === call) return [];
    return [{ rule: 'answer', message: `${said}, but loaded ${call}.` }];
  }
  const known = writes.filter(({ value, from }) => value === answer && from <= answeredAt);
  if (known.length === 0) return [{ rule: 'answer', message: `${said}, which nobody had stored.` }];
  if (known.some((write) => !isReplaced(write, writes, askedAt))) return [];
  // Who waits for a load gets what it brings, also when it is not stored.
  const load = calls.find((other) => other.call === answer && other.loadingAt !== undefined);
  if (isLoading && load && (load.loadedAt ?? 0) >= askedAt) return [];
  const rule = answer === null ? 'lost write' : load ? 'invalidation' : 'stale read';
  return [{ rule, message: `${said}, which another write had replaced before.` }];
}

/** A value whose time is over is never read. What was stored in the midst of faults may be younger. */
export function checkExpiry(
  read: CacheCall,
  calls: readonly CacheCall[],
  circumstances: Circumstances,
): Breach[] {
  if (read.operation === 'load or stale') return [];
  // A caller that was served a stale value got its answer before its load was stored.
  const load = calls.find(({ call, answer }) => call === read.answer && answer === call);
  if (!load || load === read) return [];
  const { process, loadingAt = 0, answeredAt } = load;
  const age = read.askedAt - answeredAt;
  if (age <= LOAD_TTL_SECONDS || circumstances.isDisturbed(process, loadingAt, answeredAt)) {
    return [];
  }
  const message = `"${read.key}" was read ${age.toFixed(3)} s after it had been loaded for ${LOAD_TTL_SECONDS} s.`;
  return [{ rule: 'expiry', message }];
}

/** One load at a time, over all processes, unless something was written meanwhile. */
export function checkLoads(
  calls: readonly CacheCall[],
  writes: readonly Write[],
  circumstances: Circumstances,
): Breach[] {
  const loads = calls.filter(({ loadingAt }) => loadingAt !== undefined);
  loads.sort((a, b) => (a.loadingAt ?? 0) - (b.loadingAt ?? 0));
  return loads.flatMap((second, i) => {
    const at = second.loadingAt ?? 0;
    return loads.slice(0, i).flatMap((first) => {
      // A right to load is given between question and load, by a reply that may have been late.
      const since = Math.min(first.askedAt, second.askedAt);
      const isFreed = writes.some(
        (other) => !other.isLoad && other.to >= since && other.from <= at,
      );
      if (isFreed || loadEnd(first, circumstances) <= at) return [];
      const message = `${second.process} loaded "${second.key}" while ${first.process} did.`;
      return [{ rule: 'one load', message }];
    });
  });
}

/** Of all who set a key when it is absent, one does. */
export function checkAbsent(calls: readonly CacheCall[], circumstances: Circumstances): Breach[] {
  const isWriting = ({ operation }: CacheCall) => operation === 'set' || operation === 'delete';
  if (calls.some(isWriting)) return [];
  const done = calls.filter(
    ({ operation, answer }) => operation === 'set when absent' && answer === true,
  );
  return done.slice(1).flatMap((second, i) => {
    const first = done[i] as CacheCall;
    if (circumstances.isForgotten(first.askedAt, second.answeredAt)) return [];
    const message = `${first.process} and ${second.process} both set "${first.key}" when it was absent.`;
    return [{ rule: 'absent', message }];
  });
}

/** The failure of a load reaches the one whose load it was. */
export function checkFailure({ call, process, key, code, isLoadFailed }: CacheCall): Breach[] {
  if (!code?.startsWith('LOAD_FAILED')) return [];
  if (isLoadFailed && code === `LOAD_FAILED ${call}`) return [];
  const message = `A caller of "${key}" in ${process} got another one's failure: ${code}.`;
  return [{ rule: 'failed load', message }];
}
