import fc from 'fast-check';
import type { Wish } from './record-model.js';

/** One event in the life of a key. `who` picks one of those that asked before. */
export type RecordEvent =
  | { readonly do: 'claim'; readonly wish: Wish }
  | { readonly do: 'renew' | 'abandon'; readonly who: number }
  | { readonly do: 'send again'; readonly who: number }
  | { readonly do: 'complete'; readonly who: number; readonly result: string | undefined }
  | {
      readonly do: 'keep step';
      readonly who: number;
      readonly name: string;
      readonly result: string;
    }
  | { readonly do: 'set'; readonly result: string }
  | { readonly do: 'delete' | 'look' | 'end lease' | 'lose record' };

const wish: fc.Arbitrary<Wish> = fc.record({
  fingerprint: fc.constantFrom('', '', 'f1', 'f1', 'f2'),
  version: fc.constantFrom('', '', 'v1', 'v1', 'v2'),
  onVersionMismatch: fc.constantFrom('refuse', 'execute'),
  takeover: fc.constantFrom('after-lease', 'after-lease', 'after-lease', 'never'),
  keepSteps: fc.boolean(),
});
const who = fc.nat({ max: 3 });
const result = fc.constantFrom('', 'r1', '\u0000"{r2}', 'completed');

const event: fc.Arbitrary<RecordEvent> = fc.oneof(
  { weight: 6, arbitrary: wish.map((wish) => ({ do: 'claim', wish }) as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('complete'),
      who,
      result: fc.option(result, { nil: undefined, freq: 6 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send again'), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('renew', 'abandon'), who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('keep step'),
      who,
      name: fc.constantFrom('a', 'b:c', 'ä'),
      result,
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'end lease' } as const) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('set'), result }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ do: 'delete' } as const, { do: 'lose record' } as const),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'look' } as const) },
);

/** What may happen to one key, in any order. */
export const eventsOfOneKey: fc.Arbitrary<RecordEvent[]> = fc.array(event, {
  minLength: 1,
  maxLength: 30,
  size: 'max',
});
