import { unpack } from './packed-texts.js';
import type { InspectReply } from './scripts/inspect.js';

/** The facts of one idempotency key; never its payload. Durations in seconds. */
export interface IdempotencyRecord {
  readonly key: string;
  /** `abandoned`: the lease of the owner ended, and nobody has taken over yet. */
  readonly state: 'in-progress' | 'completed' | 'completed-without-result' | 'abandoned';
  /** 1, and one more for each take-over. */
  readonly attempt: number;
  /** The fencing token of the last claim. */
  readonly token: number;
  /** The hash of the payload, when the claimer gave one. */
  readonly fingerprint?: string;
  /** The version of the work, when the claimer gave one. */
  readonly version?: string;
  /** The names of the finished steps, while it is not completed and there are some. */
  readonly steps?: readonly string[];
  /** Since the key was claimed or, when it is completed, since then. */
  readonly ageSeconds: number;
  /** While in progress: how long the owner's lease lasts unless it is renewed. */
  readonly leaseSecondsLeft?: number;
  /** How long the record stays. */
  readonly ttlSecondsLeft: number;
  /** The size of the stored result. */
  readonly resultBytes?: number;
}

/** Makes a record of what the script told. */
export function toRecord(
  key: string,
  facts: Exclude<InspectReply, 'absent' | 'foreign'>,
): IdempotencyRecord {
  const state = facts.state as IdempotencyRecord['state'];
  return {
    key,
    state,
    attempt: Number(facts.attempt),
    token: Number(facts.token),
    ...(facts.fingerprint && { fingerprint: facts.fingerprint }),
    ...(facts.version && { version: facts.version }),
    ...(facts.steps && { steps: unpack(facts.steps) }),
    ageSeconds: Number(facts.ageMs) / 1000,
    ...(state === 'in-progress' && { leaseSecondsLeft: Number(facts.leaseMs) / 1000 }),
    ttlSecondsLeft: Number(facts.ttlMs) / 1000,
    ...(state === 'completed' && { resultBytes: Number(facts.resultBytes) }),
  };
}
