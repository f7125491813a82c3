import type { PipelineBehavior, RequestData } from 'mediatr-ts';
import { currentExecution } from 'qx-cache/mediator';

const replayed = new WeakSet<object>();

/** The outermost behavior: it alone gets to know, besides the response, where that came from. */
export class ReplayReport implements PipelineBehavior {
  async handle(command: RequestData<unknown>, next: () => unknown): Promise<unknown> {
    const response = await next();
    if (currentExecution()?.replayed) replayed.add(command);
    return response;
  }
}

/** Whether the response to this very command was that of an earlier one. */
export function wasReplayed(command: object): boolean {
  return replayed.has(command);
}
