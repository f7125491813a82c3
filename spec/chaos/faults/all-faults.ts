import { cut } from './cut.js';
import { delay } from './delay.js';
import { dropPushes } from './drop-pushes.js';
import type { Fault } from './fault.js';
import { fillMemory } from './fill-memory.js';
import { flushScripts } from './flush-scripts.js';
import { halfOpen } from './half-open.js';
import { kill } from './kill.js';
import { loseData } from './lose-data.js';
import { loseReply } from './lose-reply.js';
import { pauseServer } from './pause-server.js';
import { readOnly } from './read-only.js';
import { restart } from './restart.js';
import { skewClock } from './skew-clock.js';
import { stop } from './stop.js';

/** Everything that can be injected. */
export const allFaults: readonly Fault[] = [
  kill,
  stop,
  cut,
  halfOpen,
  delay,
  dropPushes,
  loseReply,
  skewClock,
  restart,
  loseData,
  pauseServer,
  fillMemory,
  readOnly,
  flushScripts,
];
