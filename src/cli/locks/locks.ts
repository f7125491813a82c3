import { inParts } from '../../redis/in-parts.js';
import type { KeyName } from '../scan/key-names.js';
import { scanNames } from '../scan/scan-names.js';
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
  const seen = new Set<string>();
  for await (const names of scanNames(session, 'lock', filter.prefix)) {
    const fresh = names.flatMap((keyName) => {
      const kind = kindOf(keyName);
      const id = `${kind}:${keyName.name}`;
      if (kind === undefined || seen.has(id)) return [];
      seen.add(id);
      return filter.kind === undefined || filter.kind === kind
        ? [{ kind, name: keyName.name }]
        : [];
    });
    if (fresh.length === 0) continue;
    const now = await serverTime(session);
    const views = await inParts(fresh, ({ kind, name }) => lookAtLock(session, kind, name, now));
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
