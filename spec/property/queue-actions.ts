import fc from 'fast-check';
import { type Part, parts } from './queue-under-test.js';

/** Which acquisition an action is about. */
export interface Who {
  /** One that owns, as long as there is one; or any, the latest first. */
  readonly of: 'owners' | 'all';
  readonly nth: number;
}

/** One step of a simulation. */
export type QueueAction =
  | {
      readonly do: 'acquire';
      readonly process: string;
      readonly mode: 'wait' | 'try';
      readonly share: 'one' | 'all';
      readonly twice: boolean;
    }
  /** It asks again, and shows its ticket. */
  | { readonly do: 'askAgain' | 'renew' | 'release'; readonly who: Who; readonly twice: boolean }
  | {
      readonly do: 'leave';
      readonly who: Who;
      readonly what: 'all' | 'grant';
      readonly twice: boolean;
    }
  | {
      readonly do: 'heartbeat';
      readonly process: string;
      readonly who: Who;
      readonly twice: boolean;
    }
  | { readonly do: 'force'; readonly twice: boolean }
  /** An earlier request is sent once more, so many requests later. */
  | { readonly do: 'resend'; readonly back: number }
  | { readonly do: 'expire'; readonly nth: number }
  | { readonly do: 'die'; readonly process: string }
  | { readonly do: 'wipe'; readonly lost: readonly Part[] };

const process = fc.constantFrom('p', 'q', 'r');
const twice = fc.boolean();
const who = fc.record<Who>({ of: fc.constantFrom('owners', 'all'), nth: fc.nat(7) });

/** The likelier it is in a real program, the more often it is drawn; faults are drawn far more often. */
const queueAction: fc.Arbitrary<QueueAction> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('acquire'),
      process,
      mode: fc.constantFrom('wait', 'wait', 'wait', 'try'),
      share: fc.constantFrom('one', 'one', 'all'),
      twice,
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('release'), who, twice }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('askAgain', 'renew'), who, twice }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('leave'),
      who,
      what: fc.constantFrom('all', 'grant'),
      twice,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('heartbeat'), process, who, twice }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('force'), twice }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('resend'), back: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('expire'), nth: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('die'), process }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('wipe'),
      lost: fc.subarray([...parts], { minLength: 1 }),
    }),
  },
);

/** What several clients in three processes, and the world around them, may do to one queue. */
export function queueActions(maxLength: number): fc.Arbitrary<QueueAction[]> {
  return fc.array(queueAction, { minLength: 1, maxLength, size: 'max' });
}
