import { expect } from 'chai';
import {
  cacheSettingsFromEnv,
  createClient,
  IdempotencyStore,
  type IdempotencyStoreOptions,
  isQxCacheSettingsError,
  type RunOptions,
} from '../../src/index.js';
import { inMemoryRedis } from '../../src/testing/index.js';
import { withEnvironment } from '../support/environment.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

describe('cacheSettingsFromEnv', () => {
  it('gives the defaults of the contract when nothing is set', () => {
    expect(cacheSettingsFromEnv({})).to.deep.equal({
      url: 'redis://127.0.0.1:6379/0',
      namespace: 'qx',
      connectTimeoutSeconds: 5,
      commandTimeoutSeconds: 5,
    });
  });

  it('takes every variable', () => {
    const settings = cacheSettingsFromEnv({
      QX_CACHE_URL: 'rediss://example.test:7000/2',
      QX_CACHE_NAMESPACE: 'shop',
      QX_CACHE_CONNECT_TIMEOUT_SECONDS: '0.5',
      QX_CACHE_COMMAND_TIMEOUT_SECONDS: '2',
      QX_CACHE_MAX_COMMANDS_IN_FLIGHT: '1000',
    });
    expect(settings).to.deep.equal({
      url: 'rediss://example.test:7000/2',
      namespace: 'shop',
      connectTimeoutSeconds: 0.5,
      commandTimeoutSeconds: 2,
      maxCommandsInFlight: 1000,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(cacheSettingsFromEnv({ QX_CACHE_NAMESPACE: ' ' }).namespace).to.equal('qx');
  });

  it('reads process.env when it is given nothing', async () => {
    const read = () => Promise.resolve(cacheSettingsFromEnv());
    const settings = await withEnvironment({ QX_CACHE_NAMESPACE: 'from-env' }, read);
    expect(settings.namespace).to.equal('from-env');
  });

  it('lists every bad variable with its value and what is allowed', () => {
    const error = thrownBy(() =>
      cacheSettingsFromEnv({
        QX_CACHE_URL: 'http://:hunter2@example.test',
        QX_CACHE_NAMESPACE: 'a{b}',
        QX_CACHE_CONNECT_TIMEOUT_SECONDS: 'soon',
        QX_CACHE_COMMAND_TIMEOUT_SECONDS: '-1',
        QX_CACHE_MAX_COMMANDS_IN_FLIGHT: '99',
      }),
    );
    expect(isQxCacheSettingsError(error)).to.equal(true);
    expect(error.message)
      .to.match(/QX_CACHE_URL has an unknown scheme.*\(got "http:\/\/\*\*\*@example.test"\)/)
      .and.match(/QX_CACHE_NAMESPACE must be 1 to 64 letters.*\(got "a\{b\}"\)/)
      .and.match(/QX_CACHE_CONNECT_TIMEOUT_SECONDS must be a number.*\(got "soon"\)/)
      .and.match(/QX_CACHE_COMMAND_TIMEOUT_SECONDS must be at least.*\(got -1\)/)
      .and.match(/QX_CACHE_MAX_COMMANDS_IN_FLIGHT must be at least 100 \(got 99\)/)
      .and.not.contain('hunter2');
  });
});

describe('settings given in code', () => {
  const namespaceOf = async (given: Parameters<typeof createClient>[0]) => {
    const redis = await createClient(given);
    await new IdempotencyStore(redis).set('key', 1);
    const [key] = await redis.keys('*');
    await redis.flushall();
    await redis.quit();
    return key?.split(':')[0];
  };
  const url = 'memory://settings';

  it('win over the environment, which wins over the default', async () => {
    const env = { QX_CACHE_NAMESPACE: 'from-env', QX_CACHE_URL: url };
    const both = () => namespaceOf({ url, namespace: 'from-code' });
    expect(await withEnvironment(env, both)).to.equal('from-code');
    expect(await withEnvironment(env, () => namespaceOf({}))).to.equal('from-env');
    expect(await withEnvironment(env, () => namespaceOf(undefined))).to.equal('from-env');
    expect(await withEnvironment({}, () => namespaceOf(url))).to.equal('qx');
  });

  it('leave the environment in force where they are undefined', async () => {
    const env = { QX_CACHE_NAMESPACE: 'from-env' };
    const given = { url, namespace: undefined } as unknown as { url: string };
    expect(await withEnvironment(env, () => namespaceOf(given))).to.equal('from-env');
  });

  it('are named as the caller knows them when they are bad', async () => {
    const bad = {
      url,
      namespace: '',
      connectTimeoutSeconds: 0,
      maxCommandsInFlight: 0.5,
      colour: 'red',
    };
    const error = await rejectionOf(createClient(bad));
    expect(isQxCacheSettingsError(error)).to.equal(true);
    expect(error.message)
      .to.match(/namespace must be/)
      .and.match(/connectTimeoutSeconds must be at least 0.001 seconds \(got 0\)/)
      .and.match(/maxCommandsInFlight must be a whole number \(got 0.5\)/)
      .and.match(/unknown option "colour"/);
  });
});

describe('options of IdempotencyStore', () => {
  const redis = inMemoryRedis();
  const bad: [IdempotencyStoreOptions, RegExp][] = [
    [{ ttlSeconds: 0 }, /ttlSeconds must be at least 0.001 seconds \(got 0\)/],
    [{ ttlSeconds: Number.NaN }, /ttlSeconds must be a number of seconds \(got NaN\)/],
    [{ ttlSeconds: Number.POSITIVE_INFINITY }, /ttlSeconds must be .* \(got Infinity\)/],
    [{ ttlSeconds: 1e12 }, /ttlSeconds must be at most/],
    [{ leaseSeconds: -5 }, /leaseSeconds .* \(got -5\)/],
    [{ leaseSeconds: '30' as unknown as number }, /leaseSeconds .* \(got "30"\)/],
    [{ maxResultBytes: 0.5 }, /maxResultBytes must be a whole number/],
    [{ maxResultBytes: 0 }, /maxResultBytes must be at least 1/],
    [{ namespace: 'sp ace' }, /namespace must be/],
    [{ tllSeconds: 1 } as IdempotencyStoreOptions, /unknown option "tllSeconds"/],
  ];
  for (const [options, message] of bad) {
    it(`refuse ${JSON.stringify(options)} at construction`, () => {
      const error = thrownBy(() => new IdempotencyStore(redis, options));
      expect(isQxCacheSettingsError(error), String(error)).to.equal(true);
      expect(error.message).to.match(message);
    });
  }

  it('list all that is bad, not the first alone', () => {
    const options = { ttlSeconds: 0, leaseSeconds: 0 };
    const { message } = thrownBy(() => new IdempotencyStore(redis, options));
    expect(message)
      .to.match(/ttlSeconds/)
      .and.match(/leaseSeconds/);
  });

  const badRuns: [RunOptions, RegExp][] = [
    [{ waitSeconds: -1 }, /waitSeconds must be from 0 .* or Infinity \(got -1\)/],
    [{ waitSeconds: Number.NaN }, /waitSeconds .* \(got NaN\)/],
    [{ leaseSeconds: 0 }, /leaseSeconds/],
    [{ ttlSeconds: 0 }, /ttlSeconds/],
    [{ onInProgress: 'skip' as 'wait' }, /onInProgress must be 'wait' or 'reject' \(got "skip"\)/],
    [{ takeover: 'always' as 'never' }, /takeover must be 'after-lease' or 'never'/],
    [{ storeWhen: true as unknown as () => boolean }, /storeWhen must be a function/],
    [{ signal: {} as AbortSignal }, /signal must be an AbortSignal/],
  ];
  for (const [options, message] of badRuns) {
    it(`refuse ${JSON.stringify(options)} of a run before the work runs`, async () => {
      let ran = false;
      const work = async () => {
        ran = true;
      };
      const error = await rejectionOf(new IdempotencyStore(redis).run('key', work, options));
      expect(isQxCacheSettingsError(error), String(error)).to.equal(true);
      expect(error.message).to.match(message);
      expect(ran).to.equal(false);
    });
  }

  for (const waitSeconds of [0, Number.POSITIVE_INFINITY, 0.5]) {
    it(`allow waitSeconds ${waitSeconds}, and fractions for the others`, async () => {
      const store = new IdempotencyStore(redis, { ttlSeconds: 0.5, leaseSeconds: 0.25 });
      const key = `wait-${waitSeconds}`;
      const outcome = await store.run(key, async () => 1, { waitSeconds, ttlSeconds: 1.5 });
      expect(outcome).to.deep.equal({ value: 1, replayed: false });
    });
  }
});
