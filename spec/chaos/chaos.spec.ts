import { expect } from 'chai';
import { makePlan } from './chaos-plan.js';
import { allFaults } from './faults/all-faults.js';
import { stop } from './faults/stop.js';
import { type ChaosReport, runChaos } from './run-chaos.js';
import { allWorkloads } from './workloads/all-workloads.js';

const seed = Number(process.env.QX_CACHE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const settings = {
  seed,
  processes: 4,
  faults: allFaults,
  workloads: allWorkloads,
  calmSeconds: 1.5,
  isBroken: false,
  isKeeping: false,
};

/** Until the plan has had each fault once. */
function secondsForAll(): number {
  const plan = makePlan({ ...settings, seconds: 60 });
  const firstAt = allFaults.map((fault) => plan.find((step) => step.fault === fault)?.at ?? 60);
  return Math.max(...firstAt) + 1;
}

const breachesOf = ({ verdicts }: ChaosReport, name: string) => verdicts.get(name)?.breaches ?? [];

// The short form of `npm run chaos`.
describe('Several processes under chaos', () => {
  it(`keep all promises (QX_CACHE_TEST_SEED=${seed})`, async () => {
    const { injected, verdicts } = await runChaos({ ...settings, seconds: secondsForAll() });
    for (const [name, { breaches, judged }] of verdicts) {
      expect(breaches, name).to.deep.equal([]);
      for (const [what, count] of Object.entries(judged)) {
        // Leases are lost by chance.
        if (what !== 'lost') expect(count, `${name}: ${what}`).to.be.greaterThan(0);
      }
    }
    const ofServer = allFaults.filter(({ on }) => on === 'server').map(({ name }) => name);
    expect([...injected.keys()]).to.include.members(ofServer);
    // Those of processes may find nobody, or wait for a command that does not come.
    expect(injected.size).to.be.greaterThan(allFaults.length - 3);
  }).timeout('180s');

  it('would show bugs of each workload', async () => {
    const broken = { processes: 3, faults: [stop], seconds: 4, isBroken: true };
    const report = await runChaos({ ...settings, ...broken });
    const rulesOf = (name: string) => breachesOf(report, name).map(({ rule }) => rule);
    expect(rulesOf('idempotency')).to.include('once');
    expect(rulesOf('lock')).to.include('exclusion');
    expect(rulesOf('semaphore')).to.include('exclusion');
    expect(rulesOf('read-write')).to.include('exclusion');
    expect(rulesOf('cache')).to.include('one load');
  }).timeout('90s');
});
