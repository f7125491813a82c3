import { Container } from 'inversify';
import { RequestData, requestHandler } from 'mediatr-ts';
import {
  type BehaviorClass,
  createMediator,
  IdempotencyBehavior,
  IdempotencyStore,
  LockBehavior,
  LockFactory,
  type ModuleOptions,
  type PipelineMediator,
  QxCache,
  qxCacheModule,
} from '../../src/mediator/index.js';
import type { Engine } from '../support/engines.js';

export type CommandClass<Fields extends object, Response> = new (
  fields: Fields,
) => RequestData<Response> & Fields;

type Decorator = (target: abstract new (...args: never[]) => never) => void;

/**
 * A command class of that name together with its handler. mediatr-ts knows handlers by the class of
 * the command, for the whole process; a class for each test keeps tests apart.
 */
export function defineCommand<Fields extends object, Response>(
  name: string,
  handle: (command: RequestData<Response> & Fields) => Promise<Response>,
  ...decorators: Decorator[]
): CommandClass<Fields, Response> {
  const { [name]: commandClass } = {
    [name]: class extends RequestData<Response> {
      constructor(fields: Fields) {
        super();
        Object.assign(this, fields);
      }
    },
  } as unknown as Record<string, CommandClass<Fields, Response>>;
  if (!commandClass) throw new Error('unreachable');
  for (const decorate of decorators) decorate(commandClass as never);
  register(commandClass, handle);
  return commandClass;
}

/** Registers a handler that is a function. */
export function register<Command extends RequestData<Response>, Response>(
  commandClass: new (...args: never[]) => Command,
  handle: (command: Command) => Promise<Response>,
): void {
  class Handler {
    handle(command: Command): Promise<Response> {
      return handle(command);
    }
  }
  requestHandler(commandClass as unknown as new () => RequestData<Response>)(Handler);
}

/** A container with the module and a mediator, as an application has. */
export interface Application {
  readonly container: Container;
  readonly mediator: PipelineMediator;
  readonly store: IdempotencyStore;
  readonly locks: LockFactory;
  readonly root: QxCache;
}

export interface ApplicationOptions extends ModuleOptions {
  behaviors?: readonly BehaviorClass[];
}

/** An application on a client of the engine, unless the options name another one. */
export async function startApplication(
  engine: Engine,
  { behaviors = [IdempotencyBehavior, LockBehavior], ...options }: ApplicationOptions = {},
): Promise<Application> {
  const container = new Container();
  const redis = options.redis ?? (await engine.connect());
  container.load(qxCacheModule({ ...options, redis }));
  return {
    container,
    mediator: createMediator(container, { behaviors }),
    store: container.get(IdempotencyStore),
    locks: container.get(LockFactory),
    root: container.get(QxCache),
  };
}
