import { AFTERWARDS } from '../workloads/workload.js';
import type { Breach } from './verdict.js';

interface Failed {
  readonly process: string;
  readonly code?: string | undefined;
}

/**
 * Whoever fails is told why by an error that the library promises: never a raw one of the client, and
 * none at all once everything is well again.
 *
 * @param expected the codes of the errors that may come while there are faults
 * @param always those that may come at any time
 */
export function checkCodes(
  calls: readonly Failed[],
  expected: readonly string[],
  always: readonly string[] = [],
): Breach[] {
  return calls.flatMap(({ process, code }) => {
    if (code === undefined || always.includes(code)) return [];
    const isOver = process === AFTERWARDS;
    if (!isOver && expected.includes(code)) return [];
    const rule = isOver ? 'resumes' : 'typed errors';
    const when = isOver ? ', with no faults any more' : '';
    return [{ rule, message: `A caller in ${process} got the error ${code}${when}.` }];
  });
}
