/**
 * `qx-cache/mediator`: the plugin for mediatr-ts and inversify. Importing it registers nothing and
 * opens nothing.
 *
 * @module
 */
export { Cache } from '../cache/index.js';
export { LockFactory } from '../container/lock-factory.js';
export type { ModuleOptions } from '../container/module-options.js';
export { QxCache } from '../container/qx-cache.js';
export { qxCacheModule } from '../container/qx-cache-module.js';
export { REDIS_CLIENT } from '../container/tokens.js';
export { IdempotencyStore } from '../idempotency/index.js';
export { type StoredKeyParts, storedKey } from '../idempotency/stored-key.js';
export { createMediator, type MediatorOptions } from './create-mediator.js';
export { currentExecution, type Execution } from './execution.js';
export { explainPolicy, type PolicyExplanation, type PolicyRow } from './explain-policy.js';
export { IdempotencyBehavior } from './idempotency-behavior.js';
export { type Idempotent, idempotent } from './idempotent.js';
export type {
  CommandPolicy,
  IdempotencyDefaults,
  IdempotentOptions,
} from './idempotent-options.js';
export { LockBehavior } from './lock-behavior.js';
export { type Lockable, type LockedOptions, locked } from './locked.js';
export type { BehaviorClass, HandlerClass, PipelineMediator } from './pipeline-mediator.js';
export { registerBehaviors } from './register-behaviors.js';
export { storedKeyOf } from './stored-key.js';
