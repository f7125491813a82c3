import { type DynamicModule, Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { createClient, IdempotencyStore, type RedisClient } from 'qx-cache';
import { IdempotentCommands } from './idempotent-commands.js';

const REDIS = Symbol('REDIS');

@Module({})
export class IdempotencyModule implements OnModuleDestroy {
  static forRoot(url: string): DynamicModule {
    return {
      module: IdempotencyModule,
      providers: [
        { provide: REDIS, useFactory: () => createClient(url) },
        {
          provide: IdempotencyStore,
          useFactory: (redis: RedisClient) => new IdempotencyStore(redis, { ttlSeconds: 3600 }),
          inject: [REDIS],
        },
        IdempotentCommands,
      ],
      exports: [IdempotencyStore],
    };
  }

  constructor(@Inject(REDIS) private readonly redis: RedisClient) {}

  async onModuleDestroy(): Promise<void> {
    await this.redis.quit();
  }
}
