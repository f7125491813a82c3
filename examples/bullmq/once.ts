import { DelayedError, type Job, type Processor, UnrecoverableError } from 'bullmq';
import {
  type Claim,
  type IdempotencyStore,
  isIdempotencyInProgressError,
  isIdempotencyKeyReusedError,
} from 'qx-cache';

/** A processor that does the work of a job once, however often BullMQ starts the job. */
export function once<Data, Done>(
  store: IdempotencyStore,
  work: (job: Job<Data>, claim: Claim) => Promise<Done>,
): Processor<Data, Done> {
  return async (job, token) => {
    try {
      const key = `${job.queueName}:${job.id}`;
      const { value } = await store.run(key, (claim) => work(job, claim), {
        fingerprint: job.data,
      });
      return value;
    } catch (error) {
      if (isIdempotencyInProgressError(error)) {
        // Another worker still has it in its hands. Later, then, and this is no failed attempt.
        await job.moveToDelayed(Date.now() + error.retryAfterSeconds * 1000, token);
        throw new DelayedError();
      }
      // The id belongs to a job with other data: no retry changes that.
      if (isIdempotencyKeyReusedError(error)) throw new UnrecoverableError(error.message);
      throw error;
    }
  };
}
