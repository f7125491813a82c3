import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { paintFor } from '../../src/cli/output/paint.js';
import { screenLines, type View } from '../../src/cli/watch/view.js';
import type { Snapshot } from '../../src/cli/watch/watcher.js';
import { unprintable } from '../support/hostile-strings.js';

const paint = paintFor({ isTTY: true, hasColors: () => true } as never, true);

function snapshotOf(claims: number, locks: number): Snapshot {
  return {
    at: '2024-01-02T03:04:05.678Z',
    hasMore: false,
    rates: { scriptsPerSecond: 120, replaysPerSecondAtMost: 100 },
    roundSeconds: 3,
    claims: Array.from({ length: claims }, (_, i) => ({
      key: `claim-${i}-${'long\u001b'.repeat(40)}`,
      state: i === 0 ? 'abandoned' : 'in-progress',
      attempt: 1,
      token: 1,
      ageSeconds: 100 - i,
      ttlSecondsLeft: 10,
    })),
    locks: Array.from({ length: locks }, (_, i) => ({
      kind: 'lock',
      name: `lock-${i}-${'名\n'.repeat(60)}`,
      holders: [{ owner: 'host-1-abc:1', token: 1, heldSeconds: 5, expiresInSeconds: 25 }],
      queue: [{ position: 1, ageSeconds: 2 }],
    })),
  };
}

const show = (view: Partial<View>, columns: number, rows: number) =>
  screenLines(
    { title: 'redis://host namespace qx', snapshot: undefined, problem: undefined, ...view },
    { columns, rows },
    paint,
  );

describe('the view of qx-cache watch', () => {
  it('tells what goes on', () => {
    const text = stripVTControlCharacters(show({ snapshot: snapshotOf(2, 1) }, 120, 40).join('\n'));
    expect(text).to.match(/^qx-cache redis:\/\/host namespace qx 03:04:05 UTC\n/);
    expect(text).to.contain(
      'claims 2 (1 abandoned)   locks held 1   waiting 1   replays/s ≤ 100   scripts/s 120\n',
    );
    expect(text).to.contain('what is new shows within 3.0s');
    expect(text).to.match(/^claim-0-long\S*… +abandoned +1 +1m 40s +–$/m);
    expect(text).to.match(/^lock-0-\S+… +lock +host-1-abc:1 +5.0s +25s +1 +2.0s$/m);
    expect(text).to.match(/\nq quits$/);
  });

  it('says so when there is nothing, nothing yet, or nothing to be had', () => {
    expect(show({}, 80, 24).join('\n')).to.contain('looking…');
    const { rates: _, roundSeconds: __, ...early } = snapshotOf(0, 0);
    const text = stripVTControlCharacters(show({ snapshot: early }, 80, 24).join('\n'));
    expect(text).to.contain('no claim in progress').and.to.contain('no lock held');
    expect(text).to.contain('replays/s –').and.to.contain('still going through the keys');
    const lost = show({ snapshot: early, problem: 'Redis\u001b is away' }, 80, 24).join('\n');
    expect(lost).to.contain('\u001b[31mRedis\\u{1b} is away');
  });

  for (const [columns, rows] of [
    [80, 24],
    [100, 12],
    [200, 50],
    [60, 9],
    [20, 4],
  ] as const) {
    it(`fits ${columns} columns and ${rows} rows, however much goes on`, () => {
      for (const [claims, locks] of [
        [0, 100],
        [100, 0],
        [100, 100],
        [3, 3],
        [1, 100],
      ] as const) {
        const lines = show({ snapshot: snapshotOf(claims, locks) }, columns, rows);
        expect(lines.length).to.be.at.most(rows);
        expect(lines.at(-1)).to.contain('q quits');
        const text = lines.map(stripVTControlCharacters).join('\n');
        if (rows >= 12 && claims > 0) expect(text).to.contain('claim-0');
        if (rows >= 12 && locks > 0) expect(text).to.contain('lock-0');
        if (rows >= 12 && claims + locks >= 100) expect(text).to.match(/… \d+ more/);
        for (const line of lines.map(stripVTControlCharacters))
          expect(line).not.to.match(unprintable);
        // These letters are as wide as two.
        const width = (line: string) => line.length + (line.match(/名/g)?.length ?? 0);
        for (const line of text.split('\n')) {
          expect(width(line), line).to.be.at.most(Math.max(columns, 55));
        }
      }
    });
  }
});
