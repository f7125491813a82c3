import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { IdempotencyModule } from './idempotency-module.js';
import { CreateOrder, CreateOrderHandler, OrdersModule } from './orders.js';

export interface Outcome {
  readonly sent: number;
  readonly executed: number;
  /** Different orders that came back. */
  readonly orders: number;
}

/** Sends each command three times at the same moment. */
export async function runOrders(url: string, keys = 20): Promise<Outcome> {
  @Module({ imports: [CqrsModule.forRoot(), IdempotencyModule.forRoot(url), OrdersModule] })
  class AppModule {}

  const app = await NestFactory.createApplicationContext(AppModule, {
    // What goes wrong is thrown, for the caller to tell.
    logger: false,
    abortOnError: false,
  });
  try {
    const bus = app.get(CommandBus);
    const commands = Array.from({ length: keys }, () => new CreateOrder(randomUUID(), 'tea'));
    const sends = [...commands, ...commands, ...commands].map((command) => bus.execute(command));
    const orders = await Promise.all(sends);
    const { executed } = app.get(CreateOrderHandler, { strict: false });
    return { sent: orders.length, executed, orders: new Set(orders.map(({ id }) => id)).size };
  } finally {
    await app.close();
  }
}
