import { hash } from 'node:crypto';
import { idempotencyEvents } from '../diagnostics/index.js';
import {
  CacheSerializationError,
  type QxCacheError,
  QxCacheSettingsError,
} from '../errors/index.js';
import { printable } from '../errors/printable.js';
import { checkFunction } from '../settings/check-function.js';
import { limits } from '../settings/limits.js';
import { problemOfUserKey } from '../settings/user-key.js';
import type { OwnedClaim } from './claim.js';
import { pack, unpack } from './packed-texts.js';
import type { RecordGateway } from './record-gateway.js';
import { type ResultWriter, subjectOf } from './result-writer.js';
import { whileLeased } from './while-leased.js';

/** A part of the work, as it sees itself. */
export interface Step {
  readonly name: string;
  /**
   * A text that is the same at every attempt of this step, and of no other: for the idempotency header of
   * whoever the step calls. 43 letters, digits, dashes and underscores.
   */
  readonly key: string;
  /** Aborts when the claim is known to be lost. */
  readonly signal: AbortSignal;
}

/**
 * The key of a step.
 *
 * @param record where the record is stored: namespace and idempotency key
 */
export function stepKey(record: string, name: string): string {
  // The length keeps two pairs apart that would read the same.
  return hash('sha256', `${record.length}:${record}:${name}`, 'base64url');
}

/** @throws {@link QxCacheSettingsError} for a name that can't be that of a step */
export function checkStepName(name: string): void {
  const problem = problemOfUserKey(name, limits.stepNameBytes);
  if (problem) throw new QxCacheSettingsError(`Claim.step: the name of a step ${problem}.`);
}

/** The names of the steps of one run: each is used once. */
export class StepNames {
  readonly #key: string;
  readonly #begun = new Set<string>();

  constructor(key: string) {
    this.#key = key;
  }

  /** @throws {@link QxCacheSettingsError} for a name that is none or was used before, or one too many */
  begin(name: string): void {
    checkStepName(name);
    if (this.#begun.has(name)) {
      throw new QxCacheSettingsError(
        `Claim.step: there are two steps named "${name}" in one run of idempotency key "${this.#key}". A name stands for one step; number those of a loop.`,
      );
    }
    if (this.#begun.size >= limits.steps) {
      throw new QxCacheSettingsError(`Claim.step: a run can have ${limits.steps} steps at most.`);
    }
    this.#begun.add(name);
  }
}

/** The steps of one claim: those that its predecessors finished, and its own. */
export class ClaimSteps {
  readonly #claim: OwnedClaim;
  readonly #records: RecordGateway;
  readonly #results: ResultWriter;
  /** By name: a kind and a result, packed. */
  readonly #finished: ReadonlyMap<string, string>;
  readonly #names: StepNames;
  /** Of all that the record holds of steps. */
  #bytes: number;

  /** @param finished names and what the steps returned by turns, packed */
  constructor(claim: OwnedClaim, records: RecordGateway, results: ResultWriter, finished: string) {
    this.#claim = claim;
    this.#records = records;
    this.#results = results;
    this.#finished = inPairs(unpack(finished));
    this.#bytes = Buffer.byteLength(finished);
    this.#names = new StepNames(claim.key);
  }

  async run<T>(name: string, work: (step: Step) => Promise<T>): Promise<T> {
    checkFunction('Claim.step', 'work', work);
    this.#begin(name);
    const { key, signal } = this.#claim;
    const finished = this.#finished.get(name);
    if (finished !== undefined) {
      const [kind = '', result = ''] = unpack(finished);
      return (await this.#results.replay(subjectOfStep(key, name), kind, result)) as T;
    }
    await this.#claim.renewIfOver();
    const value = await work({ name, key: this.#records.stepKeyOf(key, name), signal });
    await this.#remember(name, value);
    return value;
  }

  #begin(name: string): void {
    this.#names.begin(name);
    this.#claim.signal.throwIfAborted();
    if (!this.#claim.isOver) return;
    throw new QxCacheSettingsError(
      `Claim.step: step "${name}" of idempotency key "${this.#claim.key}" begins when the claim is completed or given up. Await all steps before.`,
    );
  }

  /** What can't be remembered runs again after a crash; for now it is done. */
  async #remember(name: string, value: unknown): Promise<void> {
    const { key } = this.#claim;
    const written = this.#results.write(subjectOfStep(key, name), value);
    if (written.status === 'failure') return;
    const failure =
      written.status === 'unstorable'
        ? written.error
        : await this.#keep(name, pack([written.outcome.kind, written.outcome.result]));
    if (!failure) return;
    const reason = printable(`step "${name}": ${failure.message}`);
    idempotencyEvents.emit(() => ({ event: 'unrecorded', key, reason }));
  }

  async #keep(name: string, packed: string): Promise<QxCacheError | undefined> {
    const bytes = this.#bytes + Buffer.byteLength(name) + Buffer.byteLength(packed);
    if (bytes > limits.stepResultsBytes) {
      return new CacheSerializationError(
        `The steps of a run may return ${limits.stepResultsBytes} bytes together, and this one is past that.`,
      );
    }
    this.#bytes = bytes;
    return whileLeased(this.#claim, `step "${name}"`, () => this.#claim.keepStep(name, packed));
  }
}

function subjectOfStep(key: string, name: string): string {
  return `step "${name}" of ${subjectOf(key)}`;
}

/** Names and values by turns. */
function inPairs(list: readonly string[]): Map<string, string> {
  const pairs = new Map<string, string>();
  for (let i = 0; i + 1 < list.length; i += 2) pairs.set(list[i] as string, list[i + 1] as string);
  return pairs;
}
