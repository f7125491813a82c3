import type { Circumstances } from '../circumstances.js';
import type { Entry } from '../workloads/workload.js';

export type CacheOperation =
  | 'get'
  | 'set'
  | 'set when absent'
  | 'delete'
  | 'load'
  | 'load or stale';

/** What one who uses a cache does and sees. Whatever it stores is the name of its call. */
export type CacheEntry = Entry & {
  readonly process: string;
  /** Unique in the whole history. */
  readonly call: string;
  readonly key: string;
} & (
    | { readonly type: 'asked'; readonly operation: CacheOperation }
    | { readonly type: 'loading' }
    | { readonly type: 'loaded'; readonly isFailed: boolean }
    | { readonly type: 'answered'; readonly answer: unknown }
    | { readonly type: 'failed'; readonly code: string }
  );

/** One operation, with what it loaded. */
export interface CacheCall {
  readonly call: string;
  readonly process: string;
  readonly key: string;
  readonly operation: CacheOperation;
  readonly askedAt: number;
  readonly loadingAt?: number;
  readonly loadedAt?: number;
  readonly isLoadFailed?: boolean;
  /** `null`: there was no value. */
  readonly answer?: unknown;
  readonly code?: string;
  /** When it was answered; never, if it failed, or if nobody lived to see it: it may still come. */
  readonly answeredAt: number;
}

/** The calls of a history, by their keys. */
export function callsByKey(history: readonly CacheEntry[]): Map<string, CacheCall[]> {
  const calls = new Map<string, CacheCall>();
  for (const entry of [...history].sort((a, b) => a.at - b.at)) {
    const { call, process, key, at } = entry;
    if (entry.type === 'asked') {
      const { operation } = entry;
      const answeredAt = Number.POSITIVE_INFINITY;
      calls.set(call, { call, process, key, operation, askedAt: at, answeredAt });
      continue;
    }
    const known = calls.get(call);
    if (known) calls.set(call, { ...known, ...partOf(entry) });
  }
  const byKey = new Map<string, CacheCall[]>();
  for (const call of calls.values()) {
    byKey.set(call.key, [...(byKey.get(call.key) ?? []), call]);
  }
  return byKey;
}

function partOf(entry: CacheEntry): Partial<CacheCall> {
  switch (entry.type) {
    case 'loading':
      return { loadingAt: entry.at };
    case 'loaded':
      return { loadedAt: entry.at, isLoadFailed: entry.isFailed };
    case 'answered':
      return { answer: entry.answer, answeredAt: entry.at };
    case 'failed':
      return { code: entry.code };
    default:
      return {};
  }
}

/** When the load of a call was over for certain. */
export function loadEnd({ process, loadedAt }: CacheCall, { killed }: Circumstances): number {
  return loadedAt ?? killed.get(process) ?? Number.POSITIVE_INFINITY;
}
