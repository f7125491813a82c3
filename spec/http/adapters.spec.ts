import { expect } from 'chai';
import { claimOf, storedKey } from '../../src/http/index.js';
import { IdempotencyStore, LockTimeoutError } from '../../src/index.js';
import { type Engine, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { gate } from '../support/gate.js';
import {
  earlierHeaders,
  frameworks,
  type Handler,
  type Options,
  post,
  type Service,
} from './frameworks.js';

for (const framework of frameworks) {
  onRealRedis(`The adapter for ${framework.name}`, (engine: Engine) => {
    let store: IdempotencyStore;
    let service: Service;
    let runs: number;

    const numbered: Handler = async () => {
      runs += 1;
      return {
        headers: { 'content-type': 'application/json', location: `/orders/${runs}` },
        body: JSON.stringify({ number: runs }),
      };
    };

    async function start(handle: Handler = numbered, options?: Options): Promise<void> {
      service = await framework.start(store, handle, options);
    }

    beforeEach(async () => {
      runs = 0;
      store = new IdempotencyStore(await engine.connect());
    });

    afterEach(() => service.close());

    it('answers a retry with the first response, and says that it is replayed', async () => {
      await start();
      const first = await service.request('/orders', post('a'));
      const again = await service.request('/orders', post('a'));
      expect(first.headers.has('idempotency-replayed')).to.equal(false);
      expect(again.headers.get('idempotency-replayed')).to.equal('true');
      for (const response of [first, again]) {
        expect(response.status).to.equal(201);
        expect(response.headers.get('location')).to.equal('/orders/1');
        expect(response.headers.get('content-type')).to.match(/^application\/json/);
        expect(await response.json()).to.deep.equal({ number: 1 });
      }
      expect(runs).to.equal(1);
    });

    it('keeps the headers that were set before it, whatever it answers', async () => {
      await start(
        async (call) => {
          if (runs === 1)
            await store.delete(storedKey({ scope: 'nobody', name: 'http', key: 'b' }));
          return { ...(await numbered(call)), headers: { vary: 'accept' } };
        },
        { onProblem: () => {} },
      );
      await service.request('/orders', post('a'));
      const replayed = await service.request('/orders', post('a'));
      const lost = await service.request('/orders', post('b'));
      const reused = await service.request('/orders', post('a', { sku: 'salt' }));
      const missing = await service.request('/orders', post(undefined));
      const answers = [replayed, lost, reused, missing];
      expect(answers.map(({ status }) => status)).to.deep.equal([201, 500, 422, 400]);
      for (const { headers } of answers) {
        expect(Object.fromEntries(headers)).to.include(earlierHeaders);
      }
    });

    it('lets ten requests at once run the handler once', async () => {
      await start();
      const requests = Array.from({ length: 10 }, () => service.request('/orders', post('a')));
      const bodies = await Promise.all((await Promise.all(requests)).map((each) => each.text()));
      expect(new Set(bodies)).to.deep.equal(new Set(['{"number":1}']));
      expect(runs).to.equal(1);
    });

    it('gives the bytes of a response as they were', async () => {
      const body = Buffer.from([0, 255, 254, 128, 10, 13]);
      await start(async () => ({ headers: { 'content-type': 'application/octet-stream' }, body }));
      for (const _ of ['first', 'again']) {
        const response = await service.request('/orders', post('a'));
        expect(Buffer.from(await response.arrayBuffer())).to.deep.equal(body);
      }
    });

    it('gives a response without a body', async () => {
      await start(async () => ({ status: 204 }));
      for (const _ of ['first', 'again']) {
        const response = await service.request('/orders', post('a'));
        expect(response.status).to.equal(204);
        expect(await response.text()).to.equal('');
      }
    });

    it('keeps cookies and other headers of one session out of what it stores', async () => {
      await start(async () => ({ headers: { 'set-cookie': 'session=1', 'x-trace': '1' } }));
      const first = await service.request('/orders', post('a'));
      const again = await service.request('/orders', post('a'));
      expect(first.headers.get('set-cookie')).to.equal('session=1');
      expect(again.headers.has('set-cookie')).to.equal(false);
      expect(again.headers.has('x-trace')).to.equal(false);
    });

    it('does not let equal keys of two users meet', async () => {
      await start();
      await service.request('/orders', post('a', { sku: 'tea' }, 'ann'));
      const other = await service.request('/orders', post('a', { sku: 'tea' }, 'bob'));
      expect(await other.json()).to.deep.equal({ number: 2 });
      expect(await store.inspect(storedKey({ scope: 'bob', name: 'http', key: 'a' }))).to.include({
        state: 'completed',
      });
    });

    it('refuses a key that comes with another body or another path', async () => {
      await start();
      await service.request('/orders', post('a'));
      for (const [path, body] of [
        ['/orders', { sku: 'salt' }],
        ['/orders?gift=1', { sku: 'tea' }],
      ] as const) {
        const response = await service.request(path, post('a', body));
        expect(response.status).to.equal(422);
        expect(response.headers.get('content-type')).to.match(/^application\/problem\+json/);
        expect(await response.json()).to.include({ code: 'QX_IDEMPOTENCY_KEY_REUSED' });
      }
      expect(runs).to.equal(1);
    });

    it('takes the same JSON in another order for the same', async () => {
      await start();
      await service.request('/orders', post('a', { sku: 'tea', quantity: 1 }));
      const again = await service.request('/orders', post('a', { quantity: 1, sku: 'tea' }));
      expect(again.headers.get('idempotency-replayed')).to.equal('true');
    });

    it('refuses a request whose key is missing or malformed', async () => {
      await start();
      const malformed = { ...post('a'), headers: { 'idempotency-key': 'a' } };
      for (const init of [post(undefined), malformed]) {
        const response = await service.request('/orders', init);
        expect(response.status).to.equal(400);
        expect(await response.json()).to.include({ code: 'QX_IDEMPOTENCY_KEY', status: 400 });
      }
      expect(runs).to.equal(0);
    });

    it('answers 409 with Retry-After while another request is in progress', async () => {
      const working = gate();
      await start(
        async () => {
          runs += 1;
          await working.opened;
          return {};
        },
        { onInProgress: 'reject' },
      );
      const first = service.request('/orders', post('a'));
      await eventually(() => runs === 1);
      const second = await service.request('/orders', post('a'));
      expect(second.status).to.equal(409);
      expect(Number(second.headers.get('retry-after'))).to.be.within(1, 5);
      working.open();
      expect((await first).status).to.equal(201);
      expect(runs).to.equal(1);
    });

    it('stores no failure: the next request runs', async () => {
      await start(async () => {
        runs += 1;
        if (runs === 1) return { status: 402, body: 'declined' };
        if (runs === 2) throw new Error('broken');
        if (runs === 3) throw new LockTimeoutError('stock', 1);
        return {};
      });
      const statuses = [];
      for (const _ of [1, 2, 3, 4, 5]) {
        statuses.push((await service.request('/orders', post('a'))).status);
      }
      expect(statuses).to.deep.equal([402, 500, 423, 201, 201]);
      expect(runs).to.equal(4);
    });

    it('stores what it is told to', async () => {
      await start(
        async () => {
          runs += 1;
          return { status: 404, headers: { 'x-trace': String(runs) } };
        },
        { storeWhen: ({ status }) => status < 500, storedHeaders: ['X-Trace'] },
      );
      await service.request('/orders', post('a'));
      const again = await service.request('/orders', post('a'));
      expect(again.status).to.equal(404);
      expect(again.headers.get('x-trace')).to.equal('1');
    });

    it('lets the framework answer when its user’s storeWhen throws', async () => {
      let isBroken = true;
      await start(numbered, {
        storeWhen: () => {
          if (isBroken) throw new Error('broken');
          return true;
        },
      });
      expect((await service.request('/orders', post('a'))).status).to.equal(500);
      isBroken = false;
      expect((await service.request('/orders', post('a'))).status).to.equal(201);
    });

    it('leaves other methods and routes alone', async () => {
      await start();
      expect((await service.request('/orders')).status).to.equal(201);
      expect((await service.request('/plain', post('a'))).status).to.equal(201);
      expect((await service.request('/plain', post('a'))).status).to.equal(201);
      expect(runs).to.equal(3);
    });

    it('lets a request without a key pass where none is required', async () => {
      await start(numbered, { required: false });
      await service.request('/orders', post(undefined));
      await service.request('/orders', post(undefined));
      await service.request('/orders', post('a'));
      await service.request('/orders', post('a'));
      expect(runs).to.equal(3);
    });

    it('gives the handler its body and its claim', async () => {
      const seen: unknown[] = [];
      await start(async ({ source, body }) => {
        const claim = claimOf(source);
        seen.push(body, claim?.attempt);
        return { body: await claim?.step('number', async () => 'one') } as object;
      });
      const response = await service.request('/orders', post('a'));
      expect(await response.text()).to.equal('one');
      expect(seen).to.deep.equal([{ sku: 'tea' }, 1]);
    });

    it('sends a response that is too long to store, and never runs its handler again', async () => {
      await start(
        async () => {
          runs += 1;
          return { body: 'x'.repeat(11) };
        },
        { maxResponseBytes: 10, onProblem: () => {} },
      );
      const first = await service.request('/orders', post('a'));
      expect(await first.text()).to.equal('x'.repeat(11));
      const again = await service.request('/orders', post('a'));
      expect(again.status).to.equal(500);
      expect(await again.json()).to.include({ code: 'QX_IDEMPOTENCY_RESULT_UNAVAILABLE' });
      expect(runs).to.equal(1);
    });

    it('answers a problem where the claim was lost meanwhile', async () => {
      const key = storedKey({ scope: 'nobody', name: 'http', key: 'a' });
      const seen: Error[] = [];
      await start(
        async () => {
          await store.delete(key);
          return { headers: { 'x-secret': '1' }, body: 'a long body of a handler' };
        },
        { onProblem: (error) => seen.push(error) },
      );
      const response = await service.request('/orders', post('a'));
      expect(response.status).to.equal(500);
      expect(response.headers.has('x-secret')).to.equal(false);
      expect(await response.json()).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST' });
      expect(seen.map(({ name }) => name)).to.deep.equal(['IdempotencyClaimLostError']);
    });

    it('ends the work of a client that has gone, and has its response for the retry', async () => {
      const working = gate();
      await start(async (call) => {
        runs += 1;
        await working.opened;
        return numbered(call);
      });
      const client = new AbortController();
      const first = service.request('/orders', { ...post('a'), signal: client.signal });
      const gone = first.catch(() => 'gone');
      await eventually(() => runs === 1);
      client.abort();
      working.open();
      await gone;
      const again = await service.request('/orders', post('a'));
      expect(again.headers.get('idempotency-replayed')).to.equal('true');
      expect(runs).to.equal(2);
    });
  });
}
