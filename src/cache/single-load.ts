import { cacheEvents } from '../diagnostics/index.js';
import { isCacheUnavailableError } from '../errors/index.js';
import { perClient } from '../redis/per-client.js';
import { SharedWait, type Verdict } from '../redis/shared-wait.js';
import { subscriberOf } from '../redis/subscriber.js';
import { Flight, flightOf } from './flight.js';
import type { LoadGateway, LoadTicket } from './load-gateway.js';
import type { BeginReply } from './scripts/begin-load.js';

/** How a caller gets its value. */
export type Turn =
  /** Here it is, as text. */
  | { readonly status: 'hit'; readonly text: string }
  /** Here is the old one, as text. */
  | { readonly status: 'stale'; readonly text: string }
  /** Here is the old one, and this caller loads the new one. */
  | { readonly status: 'refresh'; readonly text: string; readonly flight: Flight }
  /** This caller loads it. */
  | { readonly status: 'load'; readonly flight: Flight };

/** Another one loads it, or Redis is away, which all who wait should know. */
type Answer =
  | Turn
  | Extract<BeginReply, { status: 'wait' }>
  | { readonly status: 'unavailable'; readonly error: unknown };

/** All caches of one client share their waits: same key, same wait. */
const waitsOf = perClient((redis) => new SharedWait<Answer>(subscriberOf(redis)));

/**
 * Gives the value of a key, or the right to load it. While another caller loads, waits for what it
 * brings: in the same process directly, else told by push.
 *
 * @throws {@link CacheUnavailableError} when Redis does not answer
 */
export async function valueOrLoad(
  loads: LoadGateway,
  key: string,
  allowStale: boolean,
): Promise<Turn> {
  const ticket = loads.ticket(key, allowStale);
  let answer = await ask(loads, ticket);
  report(key, answer.status);
  while (answer.status === 'wait') {
    const flight = flightOf(answer.loader);
    if (flight) {
      const text = await flight.landed;
      answer = text === undefined ? await ask(loads, ticket) : { status: 'hit', text };
    } else {
      answer = await waitForPush(loads, ticket, answer.leaseSecondsLeft);
    }
  }
  if (answer.status === 'unavailable') throw answer.error;
  return answer;
}

/** Asks Redis. A right to load is a flight from this moment on, so that others here find it. */
async function ask(loads: LoadGateway, ticket: LoadTicket): Promise<Answer> {
  const sentAt = performance.now();
  const reply = await loads.begin(ticket);
  if (reply.status !== 'load' && reply.status !== 'refresh') return reply;
  return { ...reply, flight: new Flight(loads, ticket, sentAt) };
}

async function waitForPush(
  loads: LoadGateway,
  ticket: LoadTicket,
  leaseSecondsLeft: number,
): Promise<Answer> {
  const answer = await waitsOf(loads.redis).join(loads.channelOf(ticket.key), {
    look: () => ask(loads, ticket).catch(unavailable).then(toVerdict),
    discard: (unwanted) => void ('flight' in unwanted && unwanted.flight.giveUp()),
    lookAgainSeconds: leaseSecondsLeft,
    // As long as the load takes: a loader that died is noticed by the end of its lease.
    waitSeconds: Number.POSITIVE_INFINITY,
    signal: undefined,
  });
  return answer as Answer;
}

function unavailable(error: unknown): Answer {
  if (isCacheUnavailableError(error)) return { status: 'unavailable', error };
  throw error;
}

/** A right to load, and an old value, are the asker's alone. All that wait here can join a flight. */
function toVerdict(answer: Answer): Verdict<Answer> {
  switch (answer.status) {
    case 'wait':
      if (flightOf(answer.loader)) return { for: 'everyone', answer };
      return { for: 'nobody', lookAgainSeconds: answer.leaseSecondsLeft };
    case 'hit':
    case 'unavailable':
      return { for: 'everyone', answer };
    default:
      return { for: 'looker', answer };
  }
}

/** Each call counts once: as a hit, as stale, or as a miss that waits or loads. */
function report(key: string, status: Answer['status']): void {
  const event =
    status === 'hit' ? 'hit' : status === 'stale' || status === 'refresh' ? 'stale' : 'miss';
  cacheEvents.emit(() => ({ event, key }));
}
