import { expect } from 'chai';
import { parseIdempotencyKey, problemOf } from '../../src/http/index.js';
import {
  CacheConnectionError,
  CacheSerializationError,
  CacheUnavailableError,
  IdempotencyClaimLostError,
  IdempotencyInProgressError,
  IdempotencyKeyError,
  IdempotencyKeyReusedError,
  IdempotencyResultUnavailableError,
  LockNotHeldError,
  LockTimeoutError,
  type QxCacheError,
  QxCacheSettingsError,
} from '../../src/index.js';
import { thrownBy } from '../support/rejection.js';

const secret = 'tenant-7:http:secret';

const errors: readonly QxCacheError[] = [
  new QxCacheSettingsError(secret),
  new CacheConnectionError('auth', secret),
  new CacheUnavailableError(secret),
  new CacheSerializationError(secret),
  new IdempotencyKeyError(secret),
  new IdempotencyInProgressError(secret, { retryAfterSeconds: 2.1 }),
  new IdempotencyInProgressError(secret, { retryAfterSeconds: 2.1, abandoned: true }),
  new IdempotencyKeyReusedError(secret),
  new IdempotencyClaimLostError(secret, { secret }),
  new IdempotencyResultUnavailableError(secret),
  new LockTimeoutError(secret, 1),
  new LockNotHeldError(secret, 'expired'),
];

function detailsOf(error: unknown, problemTypes?: string) {
  return JSON.parse(problemOf(error, { problemTypes })?.body as string);
}

describe('problemOf', () => {
  for (const error of errors) {
    it(`answers ${error.name} with its status and code, and nothing of its message`, () => {
      const response = problemOf(error);
      expect(response?.status).to.equal(error.status);
      expect(response?.headers['content-type']).to.equal('application/problem+json');
      expect(detailsOf(error)).to.deep.include({
        type: 'about:blank',
        status: error.status,
        code: error.code,
      });
      expect(JSON.stringify(response)).not.to.contain(secret);
    });
  }

  it('leaves other errors to others', () => {
    expect(problemOf(new Error('x'))).to.equal(undefined);
    expect(problemOf(undefined)).to.equal(undefined);
  });

  it('tells the client what is wrong with its header', () => {
    const missing = thrownBy(() => parseIdempotencyKey(undefined));
    expect(detailsOf(missing, 'https://x.test/').title).to.equal('Idempotency-Key is missing');
    expect(detailsOf(missing).detail).to.contain('Send a new key with each new operation');
    const malformed = thrownBy(() => parseIdempotencyKey('a'));
    expect(detailsOf(malformed, 'https://x.test/').title).to.equal('Idempotency-Key is malformed');
    expect(detailsOf(malformed).detail).to.contain('in quotes');
  });

  it('says when to come again, in a few whole seconds, while another request is in progress', () => {
    const retryAfter = (seconds: number) =>
      problemOf(new IdempotencyInProgressError('k', { retryAfterSeconds: seconds }))?.headers[
        'retry-after'
      ];
    expect([0, 0.2, 1, 29.2].map(retryAfter)).to.deep.equal(['1', '1', '1', '5']);
  });

  it('does not say so when an owner died whose work must not run again', () => {
    const details = { retryAfterSeconds: 5, abandoned: true };
    const response = problemOf(new IdempotencyInProgressError('k', details));
    expect(response?.headers).not.to.have.property('retry-after');
    expect(JSON.parse(String(response?.body)).detail).to.contain('not carried out again');
  });

  it('has a type and a title of its own for each problem where types are wanted', () => {
    const start = 'https://api.example.com/problems/';
    expect(detailsOf(new IdempotencyKeyReusedError('k'), start)).to.deep.include({
      type: `${start}idempotency-key-reused`,
      title: 'Idempotency-Key is already used',
    });
    expect(detailsOf(new IdempotencyKeyReusedError('k')).title).to.match(/^Unprocessable/);
  });
});
