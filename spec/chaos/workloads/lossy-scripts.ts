import { beginLoadScript } from '../../../src/cache/scripts/begin-load.js';
import { deleteScript } from '../../../src/cache/scripts/delete.js';
import { finishLoadScript } from '../../../src/cache/scripts/finish-load.js';
import { giveUpLoadScript } from '../../../src/cache/scripts/give-up-load.js';
import { setScript } from '../../../src/cache/scripts/set.js';
import { abandonScript } from '../../../src/idempotency/scripts/abandon.js';
import { claimScript } from '../../../src/idempotency/scripts/claim.js';
import { completeScript } from '../../../src/idempotency/scripts/complete.js';
import { renewScript as renewClaimScript } from '../../../src/idempotency/scripts/renew.js';
import { acquirePermitScript } from '../../../src/lock/permits/scripts/acquire.js';
import { releasePermitScript } from '../../../src/lock/permits/scripts/release.js';
import { renewPermitScript } from '../../../src/lock/permits/scripts/renew.js';
import { acquireScript } from '../../../src/lock/scripts/acquire.js';
import { leaveScript } from '../../../src/lock/scripts/leave.js';
import { releaseScript } from '../../../src/lock/scripts/release.js';
import { renewScript } from '../../../src/lock/scripts/renew.js';

/** Scripts whose replies get lost, so that they are sent again. */
export const lossyScripts = [
  claimScript,
  completeScript,
  renewClaimScript,
  abandonScript,
  acquireScript,
  renewScript,
  releaseScript,
  leaveScript,
  acquirePermitScript,
  renewPermitScript,
  releasePermitScript,
  beginLoadScript,
  finishLoadScript,
  giveUpLoadScript,
  setScript,
  deleteScript,
] as const;
