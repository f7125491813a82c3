/** What a claim asks for, as far as the rules look at it. Empty: not given. */
export interface Wish {
  readonly fingerprint: string;
  readonly version: string;
  readonly onVersionMismatch: 'refuse' | 'execute';
  readonly takeover: 'after-lease' | 'never';
  readonly keepSteps: boolean;
}

/** Who asks, and what it was granted. */
export interface Owner {
  readonly id: string;
  readonly wish: Wish;
  readonly attempt: number;
  readonly token: number;
}

/** A record as the rules know it. */
export interface ModelRecord {
  state: 'in-progress' | 'completed' | 'completed-without-result' | 'free';
  token: number;
  owner?: string | undefined;
  attempt?: number | undefined;
  isLeaseOver?: boolean;
  takeover?: 'after-lease' | 'never';
  fingerprint?: string | undefined;
  version?: string | undefined;
  result?: string | undefined;
  steps: Map<string, string>;
  /** The result of another version that is being replaced. */
  before?: Replaced | undefined;
}

type Replaced = Pick<ModelRecord, 'state' | 'version' | 'result'>;

/** How a claim should be answered. */
export type ClaimVerdict =
  | { readonly status: 'claimed'; readonly attempt: number; readonly isSame: boolean }
  | { readonly status: Exclude<string, 'claimed'> };

/** The rules of an idempotency record, in plain words of TypeScript; `undefined`: no record. */
export class RecordModel {
  record: ModelRecord | undefined;

  /** Says how a claim is to be answered, and changes nothing. */
  judge(owner: string, wish: Wish): ClaimVerdict {
    const { record } = this;
    if (!record || record.state === 'free') return { status: 'claimed', attempt: 1, isSame: false };
    if (isOther(wish.fingerprint, record.fingerprint)) return { status: 'key-reused' };
    if (record.state !== 'in-progress') {
      if (!this.#isOtherVersion(wish)) return { status: record.state };
      return wish.onVersionMismatch === 'execute'
        ? { status: 'claimed', attempt: 1, isSame: false }
        : { status: 'other-version' };
    }
    const attempt = record.attempt ?? 0;
    if (record.owner === owner) return { status: 'claimed', attempt, isSame: true };
    if (!record.isLeaseOver) return { status: 'in-progress' };
    const isNever = wish.takeover === 'never' || record.takeover === 'never';
    return isNever
      ? { status: 'abandoned' }
      : { status: 'claimed', attempt: attempt + 1, isSame: false };
  }

  /** A claim was granted. */
  grant({ id, wish, attempt, token }: Owner): void {
    const before = this.record;
    const isOtherWork =
      isOther(wish.fingerprint, before?.fingerprint) || this.#isOtherVersion(wish);
    this.record = {
      state: 'in-progress',
      owner: id,
      token,
      attempt,
      takeover: wish.takeover,
      // A key stays with its payload until it is free and nothing of it is kept.
      fingerprint: wish.fingerprint || before?.fingerprint,
      version: wish.version || undefined,
      steps: isOtherWork ? new Map() : (before?.steps ?? new Map()),
      before: before?.state.startsWith('completed') ? before : before?.before,
    };
  }

  renew(owner: Owner): boolean {
    if (this.#isAnothers(owner)) return false;
    if (!this.record) this.#restore(owner);
    if (this.record) this.record.isLeaseOver = false;
    return true;
  }

  /** @param result `undefined`: completed without a result */
  complete(owner: Owner, result: string | undefined): boolean {
    if (this.#isAnothers(owner)) return false;
    if (!this.record) this.#restore(owner);
    const { record } = this;
    if (record?.state !== 'in-progress') return true;
    record.state = result === undefined ? 'completed-without-result' : 'completed';
    record.result = result;
    record.before = undefined;
    record.steps = new Map();
    return true;
  }

  abandon(owner: Owner): boolean {
    if (!this.record || !this.#isInProgressOf(owner)) return false;
    const { before, token, fingerprint } = this.record;
    if (before) {
      const { state, version, result } = before;
      this.record = { state, version, result, token, fingerprint, attempt: 1, steps: new Map() };
      return true;
    }
    const kept = owner.wish.keepSteps && (this.record?.steps.size ?? 0) > 0;
    this.#free(kept);
    return true;
  }

  /** Remembers a step; `over`: completed by the owner itself; `absent`: the record was lost. */
  keepStep(owner: Owner, name: string, result: string): 'kept' | 'over' | 'lost' | 'absent' {
    if (!this.record) return 'absent';
    if (this.#isAnothers(owner)) return 'lost';
    if (this.record.state !== 'in-progress') return 'over';
    this.record.steps.set(name, result);
    return 'kept';
  }

  /** @param token of the record afterwards, if it is stored */
  set(request: string, result: string, token: number): boolean {
    const { record } = this;
    if (record?.state === 'completed') return record.owner === request;
    const attempt = record?.attempt ?? 1;
    this.record = {
      state: 'completed',
      owner: request,
      token,
      attempt,
      result,
      steps: new Map(),
    };
    return true;
  }

  delete(): boolean {
    const { record } = this;
    if (!record || (record.state === 'free' && record.steps.size === 0)) return false;
    this.#free(false);
    return true;
  }

  #free(keepsSteps: boolean): void {
    const { token = 0, fingerprint, version, steps } = this.record ?? { steps: new Map() };
    this.record = keepsSteps
      ? { state: 'free', token, fingerprint, version, steps }
      : { state: 'free', token, steps: new Map() };
  }

  /** A record that Redis forgot is written again by its owner. */
  #restore({ id, wish, attempt, token }: Owner): void {
    const { takeover, fingerprint, version } = wish;
    this.record = {
      state: 'in-progress',
      owner: id,
      token,
      attempt,
      takeover,
      fingerprint: fingerprint || undefined,
      version: version || undefined,
      steps: new Map(),
    };
  }

  #isAnothers({ id }: Owner): boolean {
    return this.record !== undefined && this.record.owner !== id;
  }

  #isInProgressOf({ id }: Owner): boolean {
    return this.record?.state === 'in-progress' && this.record.owner === id;
  }

  /** A record without a version counts as another one for a caller that gives one. */
  #isOtherVersion({ version }: Wish): boolean {
    return version !== '' && this.record?.version !== version;
  }
}

/** Where one side gave none nothing is compared. */
function isOther(given: string, known: string | undefined): boolean {
  return given !== '' && known !== undefined && given !== known;
}
