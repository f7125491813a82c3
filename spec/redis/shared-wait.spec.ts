import { expect } from 'chai';
import { CacheUnavailableError } from '../../src/errors/index.js';
import type { ChannelListener, Subscriber } from '../../src/redis/channel-listener.js';
import { SharedWait, type Verdict, type WaitOptions } from '../../src/redis/shared-wait.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';

/** A subscriber whose pushes the test makes itself. */
function fakeSubscriber() {
  const listeners = new Set<ChannelListener>();
  const subscriber: Pick<Subscriber, 'listen'> = {
    listen(_channel, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const push = () => {
    for (const listener of [...listeners]) listener.onMessage('changed');
  };
  return { subscriber: subscriber as Subscriber, listeners, push };
}

describe('SharedWait', () => {
  const { subscriber, listeners, push } = fakeSubscriber();
  const wait = new SharedWait<string>(subscriber);

  /** Looks that are answered one by one. */
  function looksThatSay(...answers: (Verdict<string> | Error)[]) {
    const options: WaitOptions<string> & { looks: number; discarded: string[] } = {
      looks: 0,
      discarded: [],
      lookAgainSeconds: 60,
      waitSeconds: Number.POSITIVE_INFINITY,
      signal: undefined,
      async look() {
        options.looks += 1;
        const answer = answers.shift() ?? { for: 'nobody', lookAgainSeconds: 60 };
        if (answer instanceof Error) throw answer;
        return answer;
      },
      discard(answer) {
        options.discarded.push(answer);
      },
    };
    return options;
  }

  afterEach('nobody is left behind', () => {
    expect(listeners.size).to.equal(0);
  });

  it('gives an answer for everyone to all who wait, after one look', async () => {
    const first = looksThatSay({ for: 'everyone', answer: 'stored' });
    const second = looksThatSay();
    const answers = [wait.join('a', first), wait.join('a', second)];
    push();
    expect(await Promise.all(answers)).to.deep.equal(['stored', 'stored']);
    expect([first.looks, second.looks]).to.deep.equal([1, 0]);
  });

  it('gives an answer for the looker to the first in line, and lets the next one look', async () => {
    const first = looksThatSay({ for: 'looker', answer: 'yours' });
    const second = looksThatSay({ for: 'looker', answer: 'yours, too' });
    const answers = [wait.join('b', first), wait.join('b', second)];
    push();
    expect(await Promise.all(answers)).to.deep.equal(['yours', 'yours, too']);
  });

  it('looks again by itself when Redis was away', async () => {
    const options = looksThatSay(new CacheUnavailableError('away'), {
      for: 'everyone',
      answer: 'back',
    });
    const answer = wait.join('c', options);
    push();
    expect(await answer).to.equal('back');
    expect(options.looks).to.equal(2);
  });

  it('tells any other error to the one who looked, and lets the next one look', async () => {
    const first = looksThatSay(new TypeError('unreadable'));
    const second = looksThatSay({ for: 'everyone', answer: 'stored' });
    const failure = rejectionOf(wait.join('d', first));
    const answer = wait.join('d', second);
    push();
    expect(await failure).to.be.instanceOf(TypeError);
    expect(await answer).to.equal('stored');
  });

  it('gives back what a look brought for one that had left', async () => {
    const controller = new AbortController();
    const options = { ...looksThatSay(), signal: controller.signal };
    options.look = async () => {
      controller.abort();
      return { for: 'looker', answer: 'too late' };
    };
    const failure = rejectionOf(wait.join('e', options));
    push();
    expect((await failure).name).to.equal('AbortError');
    await eventually(() => options.discarded.length === 1);
    expect(options.discarded).to.deep.equal(['too late']);
  });

  it('does not let one in whose signal is aborted', async () => {
    const signal = AbortSignal.abort();
    const error = await rejectionOf(wait.join('f', { ...looksThatSay(), signal }));
    expect(error.name).to.equal('AbortError');
  });
});
