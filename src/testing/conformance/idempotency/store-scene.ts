import assert from 'node:assert/strict';
import { gate } from '../gate.js';
import { Scene } from '../scene.js';
import { standStill } from '../stand-still.js';
import type {
  ClaimOptionsUnderTest,
  ClaimUnderTest,
  RunOptionsUnderTest,
  StoreUnderTest,
} from './store-under-test.js';

/** Lets the claim of a key be over at once, as {@link expireClaim} does. */
export type ExpireClaim = (key: string) => unknown;

/** How long those wait who shall get something. Long enough for a slow machine. */
const PATIENCE_SECONDS = 5;

/** What a case of the idempotency suite plays on. */
export class StoreScene extends Scene {
  readonly #createStore: () => StoreUnderTest | Promise<StoreUnderTest>;
  readonly #expire: ExpireClaim | undefined;

  constructor(
    createStore: () => StoreUnderTest | Promise<StoreUnderTest>,
    expire: ExpireClaim | undefined,
  ) {
    super();
    this.#createStore = createStore;
    this.#expire = expire;
  }

  /** The store of one more process. */
  async newStore(): Promise<StoreUnderTest> {
    const store = await this.#createStore();
    this.onEnd(() => store.delete(this.key));
    return store;
  }

  /** A claim of the key, which must be free. */
  async claim(store: StoreUnderTest, options?: ClaimOptionsUnderTest): Promise<ClaimUnderTest> {
    const answer = await store.claim(this.key, options);
    assert.equal(answer.status, 'claimed', `The key should be free, but is ${answer.status}.`);
    const { claim } = answer as Extract<typeof answer, { status: 'claimed' }>;
    this.onEnd(() => claim.abandon());
    return claim;
  }

  /** Runs work that returns the value; gives what `run` gave, and whether the work ran. */
  async run<T>(store: StoreUnderTest, value: T, options?: RunOptionsUnderTest<T>) {
    let ran = false;
    const work = async () => {
      ran = true;
      return value;
    };
    const outcome = await store.run(this.key, work, { waitSeconds: PATIENCE_SECONDS, ...options });
    return { ...outcome, ran };
  }

  /** Starts a run whose work goes on until it is told how to end. */
  async openRun<T>(store: StoreUnderTest, options?: RunOptionsUnderTest<T>) {
    const started = gate<ClaimUnderTest>();
    const end = gate<() => T>();
    const work = async (claim: ClaimUnderTest) => {
      started.open(claim);
      return (await end.opened)();
    };
    const outcome = this.background(store.run(this.key, work, options));
    this.onEnd(() => end.open(() => undefined as T));
    const claim = await Promise.race([started.opened, outcome.then(() => undefined)]);
    assert.ok(claim, 'The work of the first caller should run.');
    return {
      claim,
      outcome,
      finish: (value: T) => end.open(() => value),
      fail: (error: Error) =>
        end.open(() => {
          throw error;
        }),
    };
  }

  /** The lease for a claim that the case lets be over. */
  get shortLeaseSeconds(): number {
    return this.#expire ? 30 : 0.2;
  }

  /** Lets the lease of the key be over. */
  async expire(): Promise<void> {
    if (this.#expire) await this.#expire(this.key);
    else standStill(this.shortLeaseSeconds * 1.5);
  }

  /**
   * What is answered once the lease is over. Should its owner, who lives, have renewed it before the
   * question arrived, it is asked again.
   */
  async afterLease<T>(ask: () => Promise<T>, isExpected: (answer: T) => boolean): Promise<T> {
    for (let left = 10; ; left -= 1) {
      await this.expire();
      // In the same breath: after standing still, the next timer renews.
      const answer = await ask();
      if (isExpected(answer) || left === 0) return answer;
    }
  }

  /** The claim of the one that takes over when the lease of the key is over. */
  async takeOver(store: StoreUnderTest): Promise<ClaimUnderTest> {
    const answer = await this.afterLease(
      () => store.claim(this.key),
      ({ status }) => status === 'claimed',
    );
    assert.ok(answer.status === 'claimed', 'The claim of a dead owner should pass to the next.');
    this.onEnd(() => answer.claim.abandon());
    return answer.claim;
  }
}
