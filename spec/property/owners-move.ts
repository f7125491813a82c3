import type { Grant, RecordGateway, StoredOutcome } from '../../src/idempotency/record-gateway.js';
import { abandonScript } from '../../src/idempotency/scripts/abandon.js';
import { completeScript } from '../../src/idempotency/scripts/complete.js';
import { keepStepScript } from '../../src/idempotency/scripts/keep-step.js';
import { renewScript } from '../../src/idempotency/scripts/renew.js';
import type { RecordEvent } from './record-events.js';
import type { RecordModel } from './record-model.js';

/** What only somebody does who got a claim. */
export type OwnersEvent = Extract<
  RecordEvent,
  { do: 'renew' | 'abandon' } | { do: 'complete' } | { do: 'keep step' }
>;

/** One call of an owner: how it is made, and what the rules say to it. True: it was (still) its own. */
export interface OwnersMove {
  make(): Promise<boolean>;
  rule(): boolean;
  /** Of the script's reply, when it is sent again. */
  parse(reply: unknown): boolean;
  ruleAgain(): boolean;
}

/** Makes a move of an event. */
export function moveOf(
  event: OwnersEvent,
  grant: Grant,
  gateway: RecordGateway,
  model: RecordModel,
): OwnersMove {
  const { attempt, token } = grant;
  const owner = { id: grant.owner, wish: grant, attempt, token };
  const move = (
    make: () => Promise<boolean>,
    rule: () => boolean,
    parse: (reply: unknown) => boolean,
  ): OwnersMove => ({ make, rule, parse, ruleAgain: rule });
  switch (event.do) {
    case 'renew':
      return move(
        () => gateway.renew(grant),
        () => model.renew(owner),
        renewScript.parse,
      );
    case 'abandon':
      return move(
        () => gateway.abandon(grant, { keepSteps: grant.keepSteps }),
        () => model.abandon(owner),
        abandonScript.parse,
      );
    case 'complete':
      return move(
        () => gateway.complete(grant, outcomeOf(event.result)),
        () => model.complete(owner, event.result),
        (reply) => completeScript.parse(reply) !== 'lost',
      );
    case 'keep step': {
      const { name, result } = event;
      const isOwn = (reply: string) => reply === 'kept' || reply === 'over';
      const keep = () => isOwn(model.keepStep(owner, name, result));
      return {
        make: () => gateway.keepStep(grant, name, result),
        // The gateway first writes a lost record again.
        rule: () => (model.record === undefined ? model.renew(owner) && keep() : keep()),
        parse: (reply) => isOwn(keepStepScript.parse(reply)),
        ruleAgain: keep,
      };
    }
  }
}

function outcomeOf(result: string | undefined): StoredOutcome {
  return result === undefined
    ? { state: 'completed-without-result' }
    : { state: 'completed', kind: 'plain', result };
}
