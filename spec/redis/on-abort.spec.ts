import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { onAbort } from '../../src/redis/on-abort.js';

describe('onAbort', () => {
  let controller: AbortController;
  let calls: string[];
  const listeners = () => getEventListeners(controller.signal, 'abort').length;
  const watch = (name: string) => onAbort(controller.signal, () => calls.push(name));

  beforeEach(() => {
    controller = new AbortController();
    calls = [];
  });

  it('calls all back that still watch, once, in their order', () => {
    watch('a');
    const stop = watch('b');
    watch('c');
    stop();
    controller.abort();
    controller.abort();
    expect(calls).to.deep.equal(['a', 'c']);
  });

  it('has one listener for all, and none when nobody watches', () => {
    const stops = ['a', 'b', 'c'].map(watch);
    expect(listeners()).to.equal(1);
    for (const stop of stops) stop();
    expect(listeners()).to.equal(0);
    watch('d');
    // A second time does nothing, also to those who came later.
    for (const stop of stops) stop();
    expect(listeners()).to.equal(1);
    controller.abort();
    expect(calls).to.deep.equal(['d']);
  });

  it('does not call one that another stopped', () => {
    const stops: (() => void)[] = [];
    for (const name of ['a', 'b']) {
      stops.push(
        onAbort(controller.signal, () => {
          calls.push(name);
          for (const stop of stops) stop();
        }),
      );
    }
    controller.abort();
    expect(calls).to.deep.equal(['a']);
    expect(listeners()).to.equal(0);
  });
});
