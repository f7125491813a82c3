import { expect } from 'chai';
import { redact } from '../../src/settings/redact.js';

describe('redact', () => {
  const urls = [
    'redis://:SECRET@host:6379/0',
    'redis://user:SECRET@host:6379/0',
    'rediss://user:SECRET@host',
    'redis+sentinel://:SECRET@a:1,b:2/main',
    'redis://:SEC/RET@host',
    'redis://:SEC?RET@host',
    'redis://:SEC#RET@host',
    'redis://:SEC@RET@host',
    'redis://:SEC RET@host',
    'redis://:SEC"RET@host',
    'redis://:SEC\nRET@host',
    ':SECRET@host:6379',
    'user:SECRET@host:6379',
    'redis:SECRET@host',
    'redis://host?password=SECRET',
    'REDIS://:SECRET@host',
  ];
  for (const url of urls) {
    it(`leaves no secret of ${JSON.stringify(url)}`, () => {
      expect(redact(url)).not.to.match(/SEC|RET/);
      expect(redact(url)).to.contain('***').and.not.equal('***');
    });
  }

  it('leaves text without a secret as it is', () => {
    const text = 'connect ECONNREFUSED 127.0.0.1:6379 (redis://127.0.0.1:6379/0)';
    expect(redact(text)).to.equal(text);
  });

  it('keeps the text around a URL', () => {
    expect(redact('No usable Redis at redis://:SECRET@host/0 (refused): x')).to.equal(
      'No usable Redis at redis://***@host/0 (refused): x',
    );
  });
});
