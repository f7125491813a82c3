import { ChangedClaims } from './changed-claims.js';

/** A take-over is not counted. */
export class FirstAttemptStore extends ChangedClaims {
  protected override change() {
    return { attempt: 1 };
  }
}
