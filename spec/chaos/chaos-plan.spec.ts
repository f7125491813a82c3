import { expect } from 'chai';
import { makePlan } from './chaos-plan.js';
import { allFaults } from './faults/all-faults.js';

describe('The plan of a chaos', () => {
  const settings = { seed: 7, seconds: 60, processes: 4, faults: allFaults, calmSeconds: 1 };

  it('is the same for the same seed, and another one for another', () => {
    expect(makePlan(settings)).to.deep.equal(makePlan(settings));
    expect(makePlan({ ...settings, seed: 8 })).not.to.deep.equal(makePlan(settings));
  });

  it('has each fault, in time', () => {
    const plan = makePlan(settings);
    const names = new Set(plan.map(({ fault }) => fault.name));
    expect([...names]).to.have.members(allFaults.map(({ name }) => name));
    expect(plan.every(({ at }, i) => at < 60 && at >= (plan[i - 1]?.at ?? 0))).to.equal(true);
  });

  it('makes one fault of the server at a time', () => {
    const ofServer = makePlan(settings).filter(({ fault }) => fault.on === 'server');
    for (const [i, { at, seconds }] of ofServer.slice(0, -1).entries()) {
      expect(ofServer[i + 1]?.at).to.be.at.least(at + seconds);
    }
  });

  it('has only the faults that are wanted', () => {
    const faults = allFaults.filter(({ name }) => name === 'SIGSTOP');
    const names = makePlan({ ...settings, faults }).map(({ fault }) => fault.name);
    expect(new Set(names)).to.deep.equal(new Set(['SIGSTOP']));
  });
});
