import { Readable } from 'node:stream';
import { expect } from 'chai';
import {
  claimOf,
  HttpIdempotency,
  type HttpIdempotencyOptions,
  type HttpRequest,
  type HttpResponse,
} from '../../src/http/index.js';
import {
  CacheUnavailableError,
  IdempotencyStore,
  isQxCacheSettingsError,
} from '../../src/index.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { gate } from '../support/gate.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

interface Source {
  readonly user?: string;
}

const created: HttpResponse = { status: 201, headers: { etag: '"1"' }, body: 'made' };

function requestOf(given: Partial<HttpRequest<Source>> = {}): HttpRequest<Source> {
  const message = { method: 'POST', path: '/orders', idempotencyKey: '"a"', body: { sku: 'tea' } };
  return { ...message, source: { user: 'ann' }, ...given };
}

onEachRedis('HttpIdempotency', (engine) => {
  let store: IdempotencyStore;
  let problems: Error[];

  function make(options: Partial<HttpIdempotencyOptions<Source>> = {}): HttpIdempotency<Source> {
    const onProblem = (error: Error) => void problems.push(error);
    return new HttpIdempotency<Source>(store, { scope: () => 'all', onProblem, ...options });
  }

  beforeEach(async () => {
    problems = [];
    store = new IdempotencyStore(await engine.connect());
  });

  it('runs the handler once, and gives its response again', async () => {
    const idempotency = make();
    let runs = 0;
    const handle = async () => {
      runs += 1;
      return created;
    };
    const first = await idempotency.respond(requestOf(), handle);
    const again = await idempotency.respond(requestOf(), handle);
    expect(first).to.deep.equal({ outcome: 'executed', response: created });
    const headers = { etag: '"1"', 'idempotency-replayed': 'true' };
    expect(again).to.deep.equal({ outcome: 'replayed', response: { ...created, headers } });
    expect(runs).to.equal(1);
  });

  it('gives the first caller the response of the handler as it is', async () => {
    const own = { status: 201, headers: { 'set-cookie': 'a=b' }, body: 'x'.repeat(20) };
    const idempotency = make({ maxResponseBytes: 10 });
    const { response } = await idempotency.respond(requestOf(), async () => own);
    expect(response).to.equal(own);
  });

  it('takes a scope that has to be asked for, and tells it who asks', async () => {
    const idempotency = make({ scope: async ({ user }) => `user-${user}` });
    await idempotency.respond(requestOf(), async () => created);
    const other = requestOf({ source: { user: 'bob' } });
    expect(await idempotency.respond(other, async () => created)).to.include({
      outcome: 'executed',
    });
  });

  it('lets nobody fall back to everybody’s keys', async () => {
    const idempotency = make({ scope: ({ user }) => user as string });
    for (const user of [undefined, '']) {
      const request = requestOf({ source: { ...(user !== undefined && { user }) } });
      const { response } = await idempotency.respond(request, async () => created);
      expect(response.status).to.equal(500);
    }
    expect(problems.map(isQxCacheSettingsError)).to.deep.equal([true, true]);
    expect(problems[0]?.message).to.contain('Authenticate before');
  });

  it('keeps services of one namespace apart by their names', async () => {
    await make({ name: 'orders' }).respond(requestOf(), async () => created);
    const { outcome } = await make({ name: 'refunds' }).respond(requestOf(), async () => created);
    expect(outcome).to.equal('executed');
  });

  it('compares what it is told to', async () => {
    const idempotency = make({ fingerprint: ({ user }) => user });
    const respond = (given: Partial<HttpRequest<Source>>) =>
      idempotency.respond(requestOf(given), async () => created);
    await respond({});
    expect((await respond({ body: new Readable(), path: '/' })).outcome).to.equal('replayed');
    expect((await respond({ source: { user: 'bob' } })).response.status).to.equal(422);
  });

  it('refuses to guard a body that nobody has read', async () => {
    for (const body of [Readable.from(['x']), new ReadableStream()]) {
      const { response } = await make().respond(requestOf({ body }), async () => created);
      expect(response.status).to.equal(415);
      expect(JSON.parse(String(response.body))).to.include({ status: 415, code: 'QX_SETTINGS' });
      expect(problems.pop()?.message).to.contain('was not read');
    }
  });

  it('passes on how long a response is kept', async () => {
    const idempotency = make({ ttlSeconds: 60 });
    await idempotency.respond(requestOf(), async () => created);
    const record = await store.inspect('all:http:a');
    expect(record?.ttlSecondsLeft).to.be.within(1, 60);
  });

  it('waits for the response of another request, as long as it is told to', async () => {
    const working = gate<HttpResponse>();
    const request = requestOf();
    const first = make().respond(request, () => working.opened);
    await eventually(() => claimOf(request.source) !== undefined);
    const impatient = await make({ waitSeconds: 0.01 }).respond(requestOf(), async () => created);
    expect(impatient.response.status).to.equal(409);
    const patient = make().respond(requestOf(), async () => created);
    working.open(created);
    expect((await patient).outcome).to.equal('replayed');
    expect((await first).outcome).to.equal('executed');
  });

  it('ends the waiting of a client that has gone, and reports no problem', async () => {
    const working = gate<HttpResponse>();
    const request = requestOf();
    const first = make().respond(request, () => working.opened);
    await eventually(() => claimOf(request.source) !== undefined);
    const client = new AbortController();
    const { signal } = client;
    const second = make().respond(requestOf({ signal }), async () => created);
    client.abort();
    expect((await second).response.status).to.equal(499);
    working.open(created);
    expect((await first).outcome).to.equal('executed');
    expect(problems).to.deep.equal([]);
  });

  it('starts nothing for a client that has gone', async () => {
    const request = requestOf({ signal: AbortSignal.abort() });
    const { response } = await make().respond(request, async () => expect.fail('ran'));
    expect(response.status).to.equal(499);
    expect(await store.inspect('all:http:a')).to.equal(undefined);
  });

  it('hands on what is no error of this library', async () => {
    const broken = new Error('broken');
    const failing = make().respond(requestOf(), async () => {
      throw broken;
    });
    expect(await rejectionOf(failing)).to.equal(broken);
    expect((await make().respond(requestOf(), async () => created)).outcome).to.equal('executed');
  });

  it('answers 503 while Redis is away, and runs nothing', async () => {
    const away = {
      run: () => Promise.reject(new CacheUnavailableError('Redis did not answer.')),
    };
    const idempotency = new HttpIdempotency(away, {
      scope: () => 'all',
      onProblem: (error) => void problems.push(error),
    });
    const { response } = await idempotency.respond(requestOf(), async () => expect.fail('ran'));
    expect(response.status).to.equal(503);
    expect(problems).to.have.length(1);
  });

  it('guards the methods that it is told to', () => {
    const guards = (method: string, idempotencyKey: string | null, required = true) =>
      make({ methods: ['PUT'], required }).guards({ method, idempotencyKey });
    expect(guards('PUT', null)).to.equal(true);
    expect(guards('PUT', null, false)).to.equal(false);
    expect(guards('PUT', '"a"', false)).to.equal(true);
    expect(guards('POST', '"a"')).to.equal(false);
  });

  it('refuses options that are out of range', () => {
    for (const options of [
      { scope: 'all' },
      { scope: undefined },
      { scopes: () => 'all' },
      { waitSeconds: -1 },
      { name: '' },
      { storedHeaders: 'etag' },
      { maxResponseBytes: 0 },
      { unquoted: true },
    ]) {
      const error = thrownBy(() => make(options as never));
      expect(isQxCacheSettingsError(error), JSON.stringify(options)).to.equal(true);
      expect(error.message).to.match(/^HttpIdempotency: /);
    }
  });
});
