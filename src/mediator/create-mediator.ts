import type { Container } from 'inversify';
import { QxCacheSettingsError } from '../errors/index.js';
import { IdempotencyBehavior } from './idempotency-behavior.js';
import { LockBehavior } from './lock-behavior.js';
import { type BehaviorClass, PipelineMediator } from './pipeline-mediator.js';

/** What a mediator is made of. */
export interface MediatorOptions {
  /** The behaviors around every handler; the first is the outermost. Resolved from the container. */
  behaviors: readonly BehaviorClass[];
}

/**
 * Makes a mediator whose behaviors and handlers come from a container. It runs exactly the listed
 * behaviors, in their order; the process-wide list of mediatr-ts it neither reads nor changes.
 * Handlers are registered as ever, with `@requestHandler` or `registerHandler`. A handler that is
 * not bound in the container gets bound to itself when it is first used.
 *
 * @throws {@link QxCacheSettingsError} when a behavior is listed twice, or `qxCacheModule` was not
 *   loaded before
 * @example
 * ```ts
 * const container = new Container();
 * await container.loadAsync(qxCacheModule({ url: 'redis://127.0.0.1:6379/0' }));
 * const mediator = createMediator(container, { behaviors: [IdempotencyBehavior, LockBehavior] });
 * const order = await mediator.send(new CreateOrder('A-17'));
 * ```
 */
export function createMediator(container: Container, options: MediatorOptions): PipelineMediator {
  const behaviors = checkBehaviors(options?.behaviors, 'createMediator');
  for (const behavior of [IdempotencyBehavior, LockBehavior]) {
    if (behaviors.includes(behavior) && !container.isBound(behavior)) {
      throw new QxCacheSettingsError(
        `createMediator: ${behavior.name} is not bound in the container. Load qxCacheModule() before.`,
      );
    }
  }
  return new PipelineMediator(container, behaviors);
}

/** A copy of the list, which later changes can't reach. */
export function checkBehaviors(
  behaviors: readonly BehaviorClass[],
  subject: string,
): readonly BehaviorClass[] {
  if (!Array.isArray(behaviors) || behaviors.some((behavior) => typeof behavior !== 'function')) {
    throw new QxCacheSettingsError(`${subject}: behaviors must be a list of classes.`);
  }
  const twice = behaviors.find((behavior, i) => behaviors.indexOf(behavior) !== i);
  if (twice === undefined) return [...behaviors];
  throw new QxCacheSettingsError(`${subject}: ${twice.name} is listed twice and would run twice.`);
}
