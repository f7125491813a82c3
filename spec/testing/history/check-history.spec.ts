import { expect } from 'chai';
import {
  checkIdempotencyHistory,
  type IdempotencyHistoryEntry,
} from '../../../src/testing/index.js';
import { call, forgotten, killed, later, stopped } from './told-history.js';

type Story = readonly IdempotencyHistoryEntry[];

const check = (story: Story) => checkIdempotencyHistory(story, { leaseSeconds: 1 });
const [a, b, c] = [call('p', 'a'), call('q', 'b'), call('r', 'c')];
const lost = 'QX_IDEMPOTENCY_CLAIM_LOST';

/** p runs, and its result is stored. */
const once: Story = [a.asks(0), a.starts(0.1, 1, 1), a.returns(0.2, 'v'), a.gets(0.3, 'v')];

/** p stands still, and q takes its place. */
const replaced: Story = [
  a.asks(0),
  a.starts(0.1, 1, 1),
  ...stopped(0.2, 2, 'p'),
  b.asks(0.1),
  b.starts(1.3, 2, 2),
];

const good: Record<string, Story> = {
  'nothing at all': [],
  'one run and its replay': [...once, b.asks(0.15), b.getsReplay(0.4, 'v')],
  'a run after one that threw': [
    a.asks(0),
    a.starts(0.1, 1, 1),
    a.throws(0.2),
    a.fails(0.3, 'Error'),
    b.asks(0),
    b.starts(0.3, 1, 2),
    b.returns(0.4, 'w'),
    b.gets(0.5, 'w'),
  ],
  'a take-over from one that was killed': [
    a.asks(0),
    a.starts(0.1, 1, 1),
    killed(0.2, 'p'),
    b.asks(0.1),
    b.starts(1.3, 2, 2),
    b.returns(1.4, 'w'),
    b.gets(1.5, 'w'),
  ],
  'a take-over from one that stood still, and lost': [
    ...replaced,
    b.returns(1.4, 'w'),
    b.gets(1.5, 'w'),
    a.loses(2.1),
    a.fails(2.2, lost),
  ],
  'one that stood still and failed, which frees nothing': [
    a.asks(0),
    a.starts(0.1, 1, 1),
    ...stopped(0.2, 2),
    b.asks(0.1),
    b.starts(1.3, 2, 2),
    b.returns(1.4, 'w'),
    b.gets(1.5, 'w'),
    a.throws(2.1),
    a.fails(2.2, 'Error'),
  ],
  'a replay of one that was killed after it stored': [
    a.asks(0),
    a.starts(0.1, 1, 1),
    a.returns(0.2, 'v'),
    killed(0.2, 'p'),
    b.asks(0.3),
    b.getsReplay(0.4, 'v'),
  ],
  'a second run after one whose result could not be stored': [
    a.asks(0),
    a.starts(0.1, 1, 1),
    a.returns(0.2, 'v'),
    a.getsUnrecorded(1.3, 'v'),
    b.asks(1.5),
    b.starts(1.6, 2, 2),
    b.returns(1.7, 'w'),
    b.gets(1.8, 'w'),
  ],
  'a second run of a key that was deleted': [
    ...once,
    forgotten(0.4, 'key'),
    b.asks(0.5),
    b.starts(0.6, 1, 2),
    b.returns(0.7, 'w'),
    b.gets(0.8, 'w'),
    c.asks(0.9),
    c.getsReplay(1, 'w'),
  ],
  'a run next to one whose key was lost with all others': [
    a.asks(0),
    a.starts(0.1, 1, 1),
    forgotten(0.2),
    b.asks(0.2),
    b.starts(0.3, 1, 2),
    b.returns(0.4, 'w'),
    b.gets(0.5, 'w'),
    a.returns(0.6, 'v'),
    a.fails(0.7, lost),
  ],
  'one that was replaced and stores all the same, as its successor was lost with all others': [
    ...replaced,
    forgotten(1.5),
    a.returns(2.1, 'v'),
    a.gets(2.2, 'v'),
    b.returns(2.3, 'w'),
    b.fails(2.4, lost),
  ],
  'attempts that start anew because a claim was given back': [
    a.asks(0),
    a.starts(0.1, 1, 1),
    killed(0.2, 'p'),
    c.asks(1.2),
    c.fails(1.4, 'QX_UNAVAILABLE'),
    b.asks(1.3),
    b.starts(1.5, 1, 3),
    b.returns(1.6, 'w'),
    b.gets(1.7, 'w'),
  ],
  'a caller that was refused while the owner was dead': [
    a.asks(0),
    a.starts(0.1, 1, 1),
    killed(0.2, 'p'),
    b.asks(0.3),
    b.fails(0.4, 'QX_IDEMPOTENCY_IN_PROGRESS'),
    later(9),
  ],
};

const bad: Record<string, readonly [rules: string, Story]> = {
  'a second run after a stored result': [
    'once',
    [...once, b.asks(1.4), b.starts(1.5, 1, 2), b.returns(1.6, 'v'), b.gets(1.7, 'v')],
  ],
  'a second run that threw after a stored result': [
    'once',
    [...once, b.asks(1.4), b.starts(1.5, 1, 2), b.throws(1.6), b.fails(1.7, 'Error')],
  ],
  'a result that was stored although the claim had passed on': [
    'once',
    [...replaced, a.returns(2.1, 'v'), a.gets(2.2, 'v'), b.returns(2.3, 'w'), b.fails(2.4, lost)],
  ],
  'two runs under one token': [
    'claim',
    [
      a.asks(0),
      a.starts(0.1, 1, 1),
      a.throws(0.2),
      a.fails(0.3, 'Error'),
      b.asks(0.4),
      b.starts(0.5, 1, 1),
      b.returns(0.6, 'w'),
      b.gets(0.7, 'w'),
    ],
  ],
  'a run without a token': [
    'claim',
    [a.asks(0), a.starts(0.1, 1, Number.NaN), a.returns(0.2, 'v'), a.gets(0.3, 'v')],
  ],
  'a take-over that does not count': [
    'claim',
    [
      a.asks(0),
      a.starts(0.1, 1, 1),
      killed(0.2, 'p'),
      b.asks(0.3),
      b.starts(1.3, 1, 2),
      b.returns(1.4, 'w'),
      b.gets(1.5, 'w'),
    ],
  ],
  'two runs at once': [
    'overlap',
    [
      a.asks(0),
      a.starts(0.1, 1, 1),
      b.asks(0.1),
      b.starts(1.3, 2, 2),
      b.returns(1.4, 'w'),
      b.gets(1.5, 'w'),
      a.throws(1.6),
      a.fails(1.7, 'Error'),
    ],
  ],
  'a run beside one that stood still later only': [
    'overlap',
    [
      a.asks(0),
      a.starts(0.1, 1, 1),
      b.asks(0.1),
      b.starts(1.3, 2, 2),
      ...stopped(1.35, 1.5, 'p'),
      b.returns(1.4, 'w'),
      b.gets(1.5, 'w'),
      a.throws(1.6),
      a.fails(1.7, 'Error'),
    ],
  ],
  'a run that starts after its successor did, in a process that never stood still': [
    'overlap',
    [
      a.asks(0),
      b.asks(0),
      b.starts(1.1, 2, 2),
      a.starts(1.2, 1, 1),
      a.throws(1.3),
      a.fails(1.3, 'Error'),
      b.returns(1.4, 'w'),
      b.gets(1.5, 'w'),
    ],
  ],
  'a take-over from the living, who learned it': [
    'too-early',
    [
      a.asks(0),
      a.starts(0.1, 1, 1),
      b.asks(0.1),
      b.starts(0.6, 2, 2),
      a.returns(0.7, 'v'),
      a.fails(0.7, lost),
      b.returns(0.8, 'w'),
      b.gets(0.9, 'w'),
    ],
  ],
  'a take-over from the dead before their lease ended': [
    'too-early',
    [
      a.asks(0),
      a.starts(0.1, 1, 1),
      killed(0.2, 'p'),
      b.asks(0.3),
      b.starts(0.4, 2, 2),
      b.returns(0.5, 'w'),
      b.gets(0.6, 'w'),
    ],
  ],
  'a claim of the dead that nobody gets': [
    'too-late',
    [a.asks(0), a.starts(0.1, 1, 1), killed(0.2, 'p'), b.asks(0.1), later(1.8)],
  ],
  'a claim of the dead that passes on too late': [
    'too-late',
    [
      a.asks(0),
      a.starts(0.1, 1, 1),
      killed(0.2, 'p'),
      b.asks(0.1),
      b.starts(1.8, 2, 2),
      b.returns(1.9, 'w'),
      b.gets(2, 'w'),
    ],
  ],
  'a replay of something that nobody made': [
    'answer',
    [...once, b.asks(0.4), b.getsReplay(0.5, 'w')],
  ],
  'a replay of what was made later': [
    'answer',
    [
      a.asks(0),
      a.starts(0.1, 1, 1),
      b.asks(0.1),
      b.getsReplay(0.2, 'v'),
      a.returns(0.3, 'v'),
      a.gets(0.4, 'v'),
    ],
  ],
  'an answer that the run of the caller did not give': [
    'answer',
    [a.asks(0), a.starts(0.1, 1, 1), a.returns(0.2, 'v'), a.gets(0.3, 'w')],
  ],
  'an answer without a run': ['answer', [a.asks(0), a.gets(0.3, 'w')]],
  'a replay of a failure': [
    'replay',
    [
      a.asks(0),
      a.starts(0.1, 1, 1),
      {
        type: 'run-ended',
        at: 0.2,
        process: 'p',
        call: 'a',
        key: 'key',
        outcome: 'threw',
        value: 'v',
      },
      a.gets(0.3, 'v'),
      b.asks(0.4),
      b.getsReplay(0.5, 'v'),
    ],
  ],
  'a replay of one that had lost its claim': [
    'replay',
    [
      a.asks(0),
      a.starts(0.1, 1, 1),
      ...stopped(0.2, 2, 'p'),
      b.asks(0.3),
      b.starts(1.3, 2, 2),
      b.returns(1.4, 'w'),
      b.gets(1.5, 'w'),
      a.returns(2.1, 'v'),
      a.fails(2.2, lost),
      c.asks(2.3),
      c.getsReplay(2.4, 'v'),
    ],
  ],
  'replays that differ from what is stored and from each other': [
    'replay replay',
    [
      a.asks(0),
      a.starts(0.1, 1, 1),
      a.returns(0.2, 'v'),
      killed(0.3, 'p'),
      c.asks(0.1),
      c.getsReplay(0.4, 'v'),
      b.asks(0.4),
      b.starts(1.4, 2, 2),
      b.returns(1.5, 'w'),
      b.gets(1.6, 'w'),
      call('r', 'd').asks(1.7),
      call('r', 'd').getsReplay(1.8, 'v'),
      call('r', 'e').asks(1.9),
      call('r', 'e').getsReplay(2, 'w'),
    ],
  ],
};

describe('checkIdempotencyHistory', () => {
  for (const [title, story] of Object.entries(good)) {
    it(`finds nothing wrong with ${title}`, () => {
      expect(check(story)).to.deep.equal([]);
    });
  }

  for (const [title, [rules, story]] of Object.entries(bad)) {
    it(`finds ${title}`, () => {
      const violations = check(story);
      const found = violations.map(({ rule }) => rule).join(' ');
      expect(found, violations.map(({ message }) => message).join('\n')).to.equal(rules);
    });
  }

  it('says in words what is wrong, and shows the entries it rests on', () => {
    const [violation] = check(bad['a second run after a stored result']![1]);
    expect(violation?.message).to.equal(
      'The run of p (attempt 1, token 1) of "key" stored its result, yet it was followed by that of q (attempt 1, token 2).',
    );
    expect(violation?.key).to.equal('key');
    expect(violation?.entries.map(({ type, at }) => [type, at])).to.deep.equal([
      ['called', 0],
      ['run-started', 0.1],
      ['run-ended', 0.2],
      ['answered', 0.3],
      ['called', 1.4],
      ['run-started', 1.5],
      ['run-ended', 1.6],
      ['answered', 1.7],
    ]);
  });

  it('takes entries in any order, and after a round trip through NDJSON', () => {
    const lines = bad['two runs at once']![1].map((entry) => JSON.stringify(entry)).reverse();
    const read = lines.map((line) => JSON.parse(line) as IdempotencyHistoryEntry);
    expect(check(read).map(({ rule }) => rule)).to.deep.equal(['overlap']);
  });

  it('allows a take-over as much slack as it is given', () => {
    const [, story] = bad['a claim of the dead that passes on too late']!;
    const patient = { leaseSeconds: 1, takeoverSlackSeconds: 0.8 };
    expect(checkIdempotencyHistory(story, patient)).to.deep.equal([]);
  });

  it('keeps keys apart', () => {
    const other = once.map((entry) => ({ ...entry, key: 'other', call: 'x' }));
    expect(check([...once, ...other])).to.deep.equal([]);
  });
});
