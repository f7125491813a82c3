import { Module } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';

export interface Order {
  readonly id: number;
  readonly sku: string;
  readonly at: Date;
}

export class CreateOrder extends Command<Order> {
  constructor(
    readonly idempotencyKey: string,
    readonly sku: string,
  ) {
    super();
  }
}

/** Plain code: that it runs once is not its business. */
@CommandHandler(CreateOrder)
export class CreateOrderHandler implements ICommandHandler<CreateOrder> {
  executed = 0;

  async execute({ sku }: CreateOrder): Promise<Order> {
    return { id: ++this.executed, sku, at: new Date() };
  }
}

@Module({ providers: [CreateOrderHandler] })
export class OrdersModule {}
