export { bareMediator, withEmptyBehaviors } from './bare.js';
export type { MediatorContestant } from './contestant.js';
export { qxMediator } from './qx-cache.js';
