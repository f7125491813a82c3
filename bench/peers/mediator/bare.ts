import 'reflect-metadata';
import { Container } from 'inversify';
import { Mediator, type PipelineBehavior, pipelineBehavior, type RequestData } from 'mediatr-ts';
import type { MediatorContestant, PlainMediator } from './contestant.js';
import { FindOrder, FindOrderHandler } from './query.js';

class EmptyBehavior implements PipelineBehavior {
  handle(_request: RequestData<unknown>, next: () => unknown): Promise<unknown> {
    return next() as Promise<unknown>;
  }
}
class AnotherEmptyBehavior extends EmptyBehavior {}

type BehaviorClass = typeof EmptyBehavior;

/** @param behaviors that it runs; no other mediator of the process may need others meanwhile */
function stockMediatorWith(behaviors: readonly BehaviorClass[]): PlainMediator {
  const container = new Container({ defaultScope: 'Singleton' });
  for (const one of [FindOrderHandler, ...behaviors]) container.bind(one).toSelf();
  const mediator = new Mediator({
    resolver: { add: () => {}, resolve: (type) => container.get(type) },
  });
  return {
    listBehaviors() {
      // It is there, but its types don't tell.
      (mediator.pipelineBehaviors as unknown as { clear(): void }).clear();
      for (const behavior of behaviors) pipelineBehavior()(behavior);
    },
    send: () => mediator.send(new FindOrder('order-1')),
  };
}

export const bareMediator: MediatorContestant = {
  name: 'bare mediator',
  packageName: 'mediatr-ts',
  settings: '`Mediator` of mediatr-ts with no behavior, resolving from a container of inversify.',
  open: async () => stockMediatorWith([]),
};

export const withEmptyBehaviors: MediatorContestant = {
  name: 'two empty behaviors',
  packageName: 'mediatr-ts',
  settings: 'As the bare mediator, with two behaviors that only call `next()`.',
  open: async () => stockMediatorWith([EmptyBehavior, AnotherEmptyBehavior]),
};
