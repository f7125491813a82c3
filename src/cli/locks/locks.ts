import { inParts } from '../../redis/in-parts.js';
import { type KeyName, scanNames } from '../scan.js';
import type { Session } from '../session.js';
import { type LockKind, type LockView, lockKinds, lookAtLock, serverTime } from './lock-view.js';

export const lockStates = ['busy', 'held', 'contended', 'free', 'any'] as const;

/** Which locks are meant. */
export interface LockFilter {
  readonly prefix?: string;
  readonly kind?: LockKind;
  readonly state: (typeof lockStates)[number];
  readonly olderThan?: number;
}

/** All locks that a filter lets pass, batch by batch; each once. */
export async function* locksOf(session: Session, filter: LockFilter): AsyncGenerator<LockView[]> {
  for await (const found of scanNames(session, 'lock', filter.prefix, kindOf)) {
    const meant = found.filter(({ kind }) => filter.kind === undefined || kind === filter.kind);
    if (meant.length === 0) continue;
    const now = await serverTime(session);
    const views = await inParts(meant, ({ kind, name }) => lookAtLock(session, kind, name, now));
    yield views.filter((view) => passes(view, filter));
  }
}

/** What a key of the area `lock` belongs to; `undefined` for a fenced value and what is left behind. */
export function kindOf({ part }: KeyName): LockKind | undefined {
  if (part === undefined || part === 'queue') return 'lock';
  const kind = part.endsWith(':queue') ? part.slice(0, -':queue'.length) : part;
  return kind === 'lock' ? undefined : lockKinds.find((known) => known === kind);
}

/** Held for how long, or waited for, whichever is more. */
export function longestSeconds({ holders, queue }: LockView): number {
  return Math.max(
    0,
    ...holders.map(({ heldSeconds = 0 }) => heldSeconds),
    ...queue.map(({ ageSeconds }) => ageSeconds),
  );
}

function passes(view: LockView, { state, olderThan = 0 }: LockFilter): boolean {
  const [isHeld, isWaitedFor] = [view.holders.length > 0, view.queue.length > 0];
  const isInState = {
    busy: isHeld || isWaitedFor,
    held: isHeld,
    contended: isWaitedFor,
    free: !isHeld,
    any: true,
  }[state];
  return isInState && longestSeconds(view) >= olderThan;
}
