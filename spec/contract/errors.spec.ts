import { expect } from 'chai';
import * as core from '../../src/index.js';
import { importCopy } from '../support/installed-copy.js';

const details = { retryAfterSeconds: 2 };
const cause = new Error('the cause');

/** Each error class, with what its instances promise. */
const errors = [
  [new core.QxCacheSettingsError('m', { cause }), 'QX_SETTINGS', 500, false],
  [new core.CacheConnectionError('auth', 'm', { cause }), 'QX_CONNECTION', 503, true],
  [new core.CacheUnavailableError('m', { cause }), 'QX_UNAVAILABLE', 503, true],
  [new core.CacheSerializationError('m', { cause }), 'QX_SERIALIZATION', 500, false],
  [new core.IdempotencyKeyError('m', { cause }), 'QX_IDEMPOTENCY_KEY', 400, false],
  [new core.IdempotencyInProgressError('k', details), 'QX_IDEMPOTENCY_IN_PROGRESS', 409, true],
  [new core.IdempotencyKeyReusedError('k'), 'QX_IDEMPOTENCY_KEY_REUSED', 422, false],
  [new core.IdempotencyClaimLostError('k', 1), 'QX_IDEMPOTENCY_CLAIM_LOST', 500, false],
  [
    new core.IdempotencyResultUnavailableError('k'),
    'QX_IDEMPOTENCY_RESULT_UNAVAILABLE',
    500,
    false,
  ],
  [new core.LockTimeoutError('l', 1), 'QX_LOCK_TIMEOUT', 423, true],
  [new core.LockNotHeldError('l', 'expired'), 'QX_LOCK_NOT_HELD', 409, false],
] as const;

type Guard = (x: unknown) => boolean;
const guardOf = (name: string) => (core as unknown as Record<string, Guard>)[`is${name}`] as Guard;

for (const [error, code, status, retryable] of errors) {
  describe(error.name, () => {
    it(`has the code ${code}, the status ${status}, retryable ${retryable} and its own name`, () => {
      expect(error).to.include({ code, status, retryable, name: error.constructor.name });
    });

    it('is an Error and a QxCacheError with a message', () => {
      expect(error).to.be.instanceOf(Error).and.instanceOf(core.QxCacheError);
      expect(error.message).not.to.equal('');
    });

    it(`is what is${error.name} finds, and no other guard`, () => {
      const found = errors.filter(([{ name }]) => guardOf(name)(error)).map(([{ name }]) => name);
      expect(found).to.deep.equal([error.name]);
      expect(core.isQxCacheError(error)).to.equal(true);
    });

    it('is found by the guards of another installed copy', async () => {
      const copy = await importCopy<typeof core & Record<string, unknown>>('errors', 'index.ts');
      expect(copy.QxCacheError).not.to.equal(core.QxCacheError);
      expect((copy[`is${error.name}`] as Guard)(error)).to.equal(true);
    });
  });
}

describe('guards', () => {
  it('are false for everything else', () => {
    const others = [undefined, null, 'QX_SETTINGS', { code: 'QX_SETTINGS' }, new Error('QX')];
    const copied = Object.assign(new Error('m'), { code: 'QX_SETTINGS' });
    for (const other of [...others, copied]) {
      expect(core.isQxCacheError(other)).to.equal(false);
      for (const [{ name }] of errors) expect(guardOf(name)(other)).to.equal(false);
    }
  });
});

describe('errors', () => {
  it('carry their cause', () => {
    expect(new core.CacheUnavailableError('m', { cause }).cause).to.equal(cause);
    expect(new core.CacheConnectionError('tls', 'm', { cause }).cause).to.equal(cause);
  });

  it('tell in progress when to retry, and whether the owner died', () => {
    expect(new core.IdempotencyInProgressError('k', details)).to.include({
      key: 'k',
      retryAfterSeconds: 2,
      abandoned: false,
    });
    const dead = new core.IdempotencyInProgressError('k', { ...details, abandoned: true });
    expect(dead.abandoned).to.equal(true);
    expect(dead.message).to.match(/delete the key/);
  });

  it('give the value of a lost claim to its caller, and not to a logger', () => {
    const error = new core.IdempotencyClaimLostError('k', { card: '4111' });
    expect(error.value).to.deep.equal({ card: '4111' });
    expect(JSON.stringify(error)).not.to.contain('4111');
  });
});
