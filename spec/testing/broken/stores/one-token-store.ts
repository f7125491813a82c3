import { ChangedClaims } from './changed-claims.js';

/** All claims have the same token. */
export class OneTokenStore extends ChangedClaims {
  protected override change() {
    return { token: 1 };
  }
}
