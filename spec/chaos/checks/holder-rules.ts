import type { Circumstances } from '../circumstances.js';
import { LEASE_SECONDS } from '../workloads/workload.js';
import type { HeldTurn, Turn } from './holder-history.js';
import type { Breach } from './verdict.js';

/** Who asked so much earlier, in seconds, was first in the queue for certain. */
const clearlyEarlierSeconds = 1;
/** The longest time without any acquisition, in seconds, outages of all left out. */
const longestStandstillSeconds = 15;

/** Whether two may be in at once, and how many. */
export interface Capacity {
  /** How many that take a share of one. */
  readonly permits: number;
}

/** At no time were more in than may be. What is not certain promises nothing; so the fence is for it. */
export function checkExclusion(
  turns: readonly HeldTurn[],
  { permits }: Capacity,
  circumstances: Circumstances,
): Breach[] {
  const certain = turns.flatMap((turn) => {
    const { heldUntil } = turn;
    if (heldUntil === undefined || isUnsure(turn, heldUntil, circumstances)) return [];
    return [{ ...turn, heldUntil }];
  });
  certain.sort((a, b) => a.acquiredAt - b.acquiredAt);
  let inside: typeof certain = [];
  return certain.flatMap((turn) => {
    inside = inside.filter(({ heldUntil }) => heldUntil > turn.acquiredAt);
    const isAlone = turn.share === 'all' || inside.some(({ share }) => share === 'all');
    const isTooMany = inside.length >= (isAlone ? 1 : permits);
    const others = inside.map(({ process, token }) => `${process} (${token})`).join(', ');
    inside.push(turn);
    if (!isTooMany) return [];
    return [
      { rule: 'exclusion', message: `${turn.process} (${turn.token}) was in beside ${others}.` },
    ];
  });
}

/** Who held it when the server lost its data learns of that at its next renewal. */
function isUnsure(turn: HeldTurn, heldUntil: number, circumstances: Circumstances): boolean {
  return circumstances.isForgotten(turn.acquiredAt - LEASE_SECONDS, heldUntil + LEASE_SECONDS);
}

/** Tokens grow with every acquisition, whatever was lost meanwhile. */
export function checkTokens(turns: readonly HeldTurn[]): Breach[] {
  const byAcquired = [...turns].sort((a, b) => a.acquiredAt - b.acquiredAt);
  const seen = new Set<number>();
  let next = 0;
  let highest = 0;
  return [...turns]
    .sort((a, b) => a.askedAt - b.askedAt)
    .flatMap(({ askedAt, token, process }) => {
      for (; (byAcquired[next]?.acquiredAt ?? askedAt) < askedAt; next += 1) {
        highest = Math.max(highest, byAcquired[next]?.token ?? 0);
      }
      const isGood = Number.isSafeInteger(token) && token > highest && !seen.has(token);
      seen.add(token);
      if (isGood) return [];
      const message = `${process} got the token ${token} after ${highest} had been granted.`;
      return [{ rule: 'token', message }];
    });
}

/**
 * First come, first served, as far as nothing befell the one who came first. Tokens tell the order in
 * which Redis granted; who heard of it first is another matter.
 */
export function checkOrder(
  turns: readonly HeldTurn[],
  circumstances: Circumstances,
): { readonly breaches: Breach[]; readonly judged: number } {
  const judged = turns.filter(
    ({ waits, process, askedAt, acquiredAt }) =>
      waits && !circumstances.isDisturbed(process, askedAt, acquiredAt),
  );
  const breaches = judged.flatMap((first) => {
    const second = turns.find(
      ({ askedAt, token }) =>
        askedAt > first.askedAt + clearlyEarlierSeconds && token < first.token,
    );
    if (!second) return [];
    const message = `${second.process} (${second.token}) was served before ${first.process} (${first.token}), which had asked ${(second.askedAt - first.askedAt).toFixed(3)} s earlier.`;
    return [{ rule: 'fair', message }];
  });
  return { breaches, judged: judged.length };
}

/** A lease lives while its process does and can reach the server. */
export function checkKept(turns: readonly Turn[], circumstances: Circumstances): Breach[] {
  return turns.flatMap(({ process, token, acquiredAt, failedAt, code }) => {
    if (acquiredAt === undefined || failedAt === undefined) return [];
    if (circumstances.isDisturbed(process, acquiredAt - LEASE_SECONDS, failedAt)) return [];
    const message = `${process} (${token}) lost its lease (${code}) though nothing had befallen it.`;
    return [{ rule: 'kept', message }];
  });
}

/** Whatever happens to some, it goes on for the others. */
export function checkStandstill(
  turns: readonly HeldTurn[],
  circumstances: Circumstances,
): Breach[] {
  const outages = circumstances.outagesOfAll();
  const times = turns.map(({ acquiredAt }) => acquiredAt).sort((a, b) => a - b);
  return times.slice(1).flatMap((to, i) => {
    const from = times[i] ?? to;
    const excused = outages
      .map((outage) => Math.min(outage.to, to) - Math.max(outage.from, from))
      .reduce((sum, seconds) => sum + Math.max(0, seconds), 0);
    const stood = to - from - excused;
    if (stood <= longestStandstillSeconds) return [];
    return [{ rule: 'goes on', message: `Nobody was let in for ${stood.toFixed(1)} s.` }];
  });
}
