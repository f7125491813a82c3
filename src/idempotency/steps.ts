import { createHash } from 'node:crypto';
import { idempotencyEvents } from '../diagnostics/index.js';
import { QxCacheSettingsError } from '../errors/index.js';
import { checkFunction } from '../settings/check-function.js';
import { problemOfUserKey } from '../settings/user-key.js';
import type { OwnedClaim } from './claim.js';
import type { RecordGateway } from './record-gateway.js';
import type { ResultWriter } from './result-writer.js';
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

/** The longest name of a step, in bytes of UTF-8. */
const maxNameBytes = 256;
/** As many as Redis hands over in one reply of a script. */
const maxSteps = 1000;

/**
 * The key of a step.
 *
 * @param record where the record is stored: namespace and idempotency key
 */
export function stepKey(record: string, name: string): string {
  // The length keeps two pairs apart that would read the same.
  return createHash('sha256').update(`${record.length}:${record}:${name}`).digest('base64url');
}

/** The steps of one claim: those that its predecessors finished, and its own. */
export class ClaimSteps {
  readonly #claim: OwnedClaim;
  readonly #records: RecordGateway;
  readonly #results: ResultWriter;
  readonly #finished: ReadonlyMap<string, string>;
  readonly #begun = new Set<string>();

  constructor(
    claim: OwnedClaim,
    records: RecordGateway,
    results: ResultWriter,
    finished: ReadonlyMap<string, string>,
  ) {
    this.#claim = claim;
    this.#records = records;
    this.#results = results;
    this.#finished = finished;
  }

  async run<T>(name: string, work: (step: Step) => Promise<T>): Promise<T> {
    this.#begin(name);
    checkFunction('Claim.step', 'work', work);
    const finished = this.#finished.get(name);
    if (finished !== undefined) {
      return (await this.#results.replayStep(this.#claim.key, finished)) as T;
    }
    const { key, signal } = this.#claim;
    signal.throwIfAborted();
    const value = await work({ name, key: this.#records.stepKeyOf(key, name), signal });
    await this.#remember(name, value);
    return value;
  }

  #begin(name: string): void {
    const problem = problemOfUserKey(name, maxNameBytes);
    if (problem) throw new QxCacheSettingsError(`Claim.step: the name of a step ${problem}.`);
    if (this.#begun.has(name)) {
      throw new QxCacheSettingsError(
        `Claim.step: there are two steps named "${name}" in one run of idempotency key "${this.#claim.key}". A name stands for one step; number those of a loop.`,
      );
    }
    if (this.#begun.size >= maxSteps) {
      throw new QxCacheSettingsError(`Claim.step: a run can have ${maxSteps} steps at most.`);
    }
    this.#begun.add(name);
  }

  /** What can't be remembered runs again after a crash; for now it is done. */
  async #remember(name: string, value: unknown): Promise<void> {
    const { key } = this.#claim;
    const written = this.#results.writeStep(key, value);
    if (written.status === 'failure') return;
    const unrecorded =
      written.status === 'unstorable'
        ? written.error
        : await whileLeased(this.#claim, `step "${name}"`, () =>
            this.#claim.keepStep(name, written.text),
          );
    if (!unrecorded) return;
    const reason = `step "${name}": ${unrecorded.message}`;
    idempotencyEvents.emit(() => ({ event: 'unrecorded', key, reason }));
  }
}
