import { callsOf } from '../../support/script-calls.js';
import { lossyScripts } from '../workloads/lossy-scripts.js';
import type { ProcessFault } from './fault.js';

/** A script is carried out, its reply gets lost with the connection, and it is sent again. */
export const loseReply: ProcessFault = {
  name: 'cut after execute',
  on: 'process',
  lasts: [0, 0],
  isOutage: false,
  inject({ proxy }, choice) {
    const script = lossyScripts[Math.floor(choice * lossyScripts.length)];
    if (!script) throw new Error(`A choice is from 0 up to 1 (got ${choice})`);
    return proxy.loseReply(callsOf(script));
  },
};
