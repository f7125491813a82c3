import { Mediator, pipelineBehavior } from 'mediatr-ts';
import { QxCacheSettingsError } from '../errors/index.js';
import { checkBehaviors } from './create-mediator.js';
import { foreignCopyError } from './module-format.js';
import { type BehaviorClass, PipelineMediator } from './pipeline-mediator.js';

/** The process-wide list of mediatr-ts, as it is behind the types of `mediator.pipelineBehaviors`. */
interface BehaviorRegistry {
  /** Outermost first. */
  getAll(): { readonly behaviorClass: BehaviorClass }[];
  /** Takes them innermost first. */
  setOrder(behaviors: BehaviorClass[]): void;
}

/**
 * Registers behaviors for a stock `Mediator` of mediatr-ts: the first becomes the outermost, and
 * all of them go around what is registered already. May be called again; none is registered twice.
 *
 * mediatr-ts has one list for all mediators of the process, and a behavior that calls `next()`
 * twice skips what is inside it the second time. `createMediator` has neither limit. The resolver
 * of the mediator must resolve the behaviors, from a container that has loaded `qxCacheModule`.
 *
 * @throws {@link QxCacheSettingsError} when the mediator is not a stock one, or is of another copy
 *   or module format of mediatr-ts
 * @example
 * ```ts
 * registerBehaviors(mediator, [IdempotencyBehavior, LockBehavior]);
 * ```
 */
export function registerBehaviors(mediator: Mediator, behaviors: readonly BehaviorClass[]): void {
  if (!(mediator instanceof Mediator)) throw foreignCopyError('registerBehaviors: The mediator');
  if (mediator instanceof PipelineMediator) {
    throw new QxCacheSettingsError(
      'registerBehaviors: the mediator was made by createMediator, which takes its behaviors itself.',
    );
  }
  const listed = checkBehaviors(behaviors, 'registerBehaviors');
  const registry = mediator.pipelineBehaviors as unknown as BehaviorRegistry;
  const before = registry.getAll().map(({ behaviorClass }) => behaviorClass);
  for (const behavior of listed) {
    if (!before.includes(behavior)) pipelineBehavior()(behavior);
  }
  // Those already there are listed too, or mediatr-ts would turn their order around.
  const others = before.filter((behavior) => !listed.includes(behavior));
  registry.setOrder([...listed, ...others].reverse());
}
