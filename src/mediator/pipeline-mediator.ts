import type { Container } from 'inversify';
import {
  type Class,
  Mediator,
  type PipelineBehavior,
  type RequestData,
  type RequestHandler,
  type Resolver,
  requestHandler,
} from 'mediatr-ts';
import { openExecution } from './execution.js';
import { IdempotencyBehavior } from './idempotency-behavior.js';
import { LockBehavior } from './lock-behavior.js';
import { explainMissingHandler } from './module-format.js';
import { isIdempotent, isLocked } from './opt-in.js';

/** A class of behaviors. `never[]`, so that classes with typed constructor parameters fit. */
export type BehaviorClass = new (...args: never[]) => PipelineBehavior;

/** A class of handlers for a response, with whatever constructor parameters. */
export type HandlerClass<Response> = new (
  ...args: never[]
) => { handle(request: never): Promise<Response> };

/** A mediator of mediatr-ts with a pipeline of its own. Made by `createMediator`. */
export class PipelineMediator extends Mediator {
  readonly #resolver: Resolver;
  readonly #behaviors: readonly BehaviorClass[];
  /** Whether nothing comes between a command's claim and its lock. */
  readonly #isLockNext: boolean;

  constructor(container: Container, behaviors: readonly BehaviorClass[]) {
    const resolver = resolverOf(container);
    super({ resolver });
    this.#resolver = resolver;
    this.#behaviors = behaviors;
    const claiming = behaviors.indexOf(IdempotencyBehavior);
    this.#isLockNext = claiming >= 0 && behaviors[claiming + 1] === LockBehavior;
  }

  /** Sends a request through the behaviors, first to last, to its handler. */
  override send<Response>(request: RequestData<Response>): Promise<Response> {
    return settle(() => {
      const handler = this.#handlerOf(request);
      // By position: a behavior that calls `next` again goes through all that is inside it again.
      const dispatch = (position: number): Promise<unknown> =>
        settle(() => {
          const behavior = this.#behaviors[position];
          if (behavior === undefined) return handler.handle(request);
          return this.#resolve(behavior).handle(request, () => dispatch(position + 1));
        });
      const takesLock = isLocked(request);
      if (!takesLock && !isIdempotent(request)) return dispatch(0);
      const locks = takesLock && this.#isLockNext && this.#resolve(LockBehavior);
      const attemptLock =
        locks instanceof LockBehavior ? () => locks.accompany(request) : undefined;
      return openExecution(request, () => dispatch(0), attemptLock);
    }) as Promise<Response>;
  }

  /**
   * Registers a handler without the decorator, for every mediator of the process. Unlike the method
   * of mediatr-ts it takes classes with typed constructor parameters, and makes no instance.
   */
  override registerHandler<Response>(
    request: abstract new (...args: never[]) => RequestData<Response>,
    handler: HandlerClass<Response>,
  ): void {
    requestHandler(request as new () => RequestData<Response>)(handler);
  }

  #handlerOf(request: RequestData<unknown>): RequestHandler<RequestData<unknown>, unknown> {
    try {
      // Nothing else gives access to the registry of handlers.
      // biome-ignore lint/complexity/useLiteralKeys: it is private, in the types only
      return this['getRequiredHandlerForRequest'](request);
    } catch (error) {
      throw explainMissingHandler(request, error);
    }
  }

  #resolve(behavior: BehaviorClass): PipelineBehavior {
    return this.#resolver.resolve(behavior as Class<PipelineBehavior>);
  }
}

/** A promise for what `work` gives or throws; a promise that it gives is passed on as it is. */
function settle(work: () => unknown): Promise<unknown> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Resolves from the container; what is not bound there gets bound to itself at its first use. */
function resolverOf(container: Container): Resolver {
  return {
    // Called with every handler of the process: most belong to other mediators.
    add: () => {},
    resolve: (type) => container.get(type, { autobind: true }),
  };
}
