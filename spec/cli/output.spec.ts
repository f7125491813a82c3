import { expect } from 'chai';
import fc from 'fast-check';
import { durationOption } from '../../src/cli/options.js';
import { jsonText } from '../../src/cli/output/json.js';
import { tableLines } from '../../src/cli/output/table.js';
import { bytes, duration } from '../../src/cli/output/units.js';
import { nameOf, patternOf } from '../../src/cli/scan.js';
import { redisKey } from '../../src/redis/key-space.js';
import { hostileName, hostileString, unprintable } from '../support/hostile-strings.js';

describe('what the command line prints and reads', () => {
  it('is JSON that reads back as it was, and does nothing to a terminal', () => {
    fc.assert(
      fc.property(hostileString, (text) => {
        const json = jsonText({ [text]: [text] }, 2);
        expect(JSON.parse(json)).to.deep.equal(JSON.parse(JSON.stringify({ [text]: [text] })));
        expect(json.replaceAll('\n', '')).not.to.match(unprintable);
      }),
    );
  });

  it('has a form for what JSON has none for', () => {
    const value = {
      ...{ big: 5n, none: Number.NaN, at: new Date(0), map: new Map([['a', new Set([1])]]) },
      ...{ bytes: Buffer.from('abc'), error: new TypeError('no') },
    };
    expect(JSON.parse(jsonText(value))).to.deep.equal({
      ...{ big: '5', none: 'NaN', at: '1970-01-01T00:00:00.000Z', map: [['a', [1]]] },
      ...{ bytes: 'YWJj', error: { name: 'TypeError', message: 'no' } },
    });
  });

  it('is one line for each row of a table, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(hostileString, { minLength: 1, maxLength: 3 }), (texts) => {
        const columns = [{ title: 'A', width: 12 }, { title: 'B' }];
        const rows = texts.map((text) => [text, text]);
        const lines = tableLines(columns, rows, (_, text) => text);
        expect(lines).to.have.length(texts.length + 1);
        for (const line of lines) expect(line).not.to.match(unprintable);
      }),
    );
  });

  it('has units that people read', () => {
    const seconds = [0, 0.44, 9.9, 59, 60, 200, 3600, 7500, 86_400, 100_000];
    expect(seconds.map(duration)).to.deep.equal([
      ...['0.0s', '0.4s', '9.9s', '59s', '1m', '3m 20s', '1h', '2h 5m', '1d', '1d 3h'],
    ]);
    expect([0, 999, 1234, 5_600_000].map(bytes)).to.deep.equal([
      '0 B',
      '999 B',
      '1.2 KB',
      '5.6 MB',
    ]);
  });

  it('takes durations in seconds or with a unit, and nothing else', () => {
    expect(['90', '1.5s', '5m', '2h', '1d'].map(durationOption)).to.deep.equal([
      ...[90, 1.5, 300, 7200, 86_400],
    ]);
    for (const text of ['', '-1', '5x', 'm', '1e3', 'Infinity']) {
      expect(() => durationOption(text), text).to.throw(/Give seconds/);
    }
  });

  it('finds the name in each key that the library makes, and its pattern has no glob of the user', () => {
    fc.assert(
      fc.property(hostileName, fc.constantFrom(undefined, 'queue'), (name, part) => {
        const key = redisKey('qx', 'lock', name, part);
        expect(nameOf('qx', 'lock', key)).to.deep.equal({ name, part });
        expect(nameOf('qx', 'cache', key)).to.equal(undefined);
        const pattern = patternOf('qx', 'lock', name);
        expect(pattern.replaceAll(/\\./gs, '')).to.match(/^[^*?[\]]*\*$/);
      }),
    );
  });
});
