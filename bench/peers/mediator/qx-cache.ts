import 'reflect-metadata';
import { Container } from 'inversify';
// The built library, as users get it.
import {
  createMediator,
  IdempotencyBehavior,
  LockBehavior,
  qxCacheModule,
} from '../../../dist/mediator/index.js';
import type { MediatorContestant } from './contestant.js';
import { FindOrder, FindOrderHandler } from './query.js';

export const qxMediator: MediatorContestant = {
  name: 'qx-cache',
  packageName: 'qx-cache',
  settings: '`createMediator` with `IdempotencyBehavior` and `LockBehavior`, as documented.',
  async open(redis) {
    const container = new Container();
    container.bind(FindOrderHandler).toSelf().inSingletonScope();
    container.load(qxCacheModule({ redis }));
    const mediator = createMediator(container, { behaviors: [IdempotencyBehavior, LockBehavior] });
    return {
      // It has a list of its own.
      listBehaviors: () => {},
      send: () => mediator.send(new FindOrder('order-1')),
    };
  },
};
