import type { Claim } from './claim.js';
import { type Step, StepNames } from './steps.js';

/**
 * Stands in for a claim where work runs although Redis can't be asked. There is nothing to lose, to renew
 * or to store. Its token is 0, lower than any that Redis gives: a resource that checks tokens refuses it.
 */
export class UnprotectedClaim implements Claim {
  readonly attempt = 1;
  readonly token = 0;
  readonly key: string;
  readonly signal: AbortSignal;
  readonly #stepKeyOf: (name: string) => string;
  readonly #names: StepNames;

  constructor(key: string, signal: AbortSignal | undefined, stepKeyOf: (name: string) => string) {
    this.key = key;
    this.signal = signal ?? new AbortController().signal;
    this.#stepKeyOf = stepKeyOf;
    this.#names = new StepNames(key);
  }

  /** Runs it, and remembers nothing. */
  async step<T>(name: string, work: (step: Step) => Promise<T>): Promise<T> {
    this.#names.begin(name);
    return work({ name, key: this.#stepKeyOf(name), signal: this.signal });
  }

  async complete(): Promise<void> {}

  async abandon(): Promise<void> {}

  async renew(): Promise<void> {}
}
