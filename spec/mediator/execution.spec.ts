import { expect } from 'chai';
import { CommandExecution } from '../../src/mediator/execution.js';

describe('the signal of an execution', () => {
  it('aborts with what it follows, before or after it was read', () => {
    for (const readFirst of [true, false]) {
      const execution = new CommandExecution({});
      if (readFirst) expect(execution.signal.aborted).to.equal(false);
      const source = new AbortController();
      execution.follow(source);
      source.abort('why');
      expect(execution.signal.aborted).to.equal(true);
      expect(execution.signal.reason).to.equal('why');
    }
  });

  it('does not carry the end of one attempt into the next', () => {
    const execution = new CommandExecution({});
    const { signal } = execution;
    const claim = new AbortController();
    const lease = new AbortController();
    const unfollowClaim = execution.follow(claim);
    const unfollowLease = execution.follow(lease);
    claim.abort();
    lease.abort();
    unfollowClaim();
    expect(execution.signal, 'the lease is lost still').to.equal(signal);
    unfollowLease();
    expect(execution.signal.aborted).to.equal(false);
    expect(signal.aborted).to.equal(true);
  });

  it('stays the same over attempts that nothing ended', () => {
    const execution = new CommandExecution({});
    const { signal } = execution;
    execution.follow(new AbortController())();
    const source = new AbortController();
    execution.follow(source);
    source.abort();
    expect(signal.aborted).to.equal(true);
  });
});
