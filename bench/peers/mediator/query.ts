import { RequestData, requestHandler } from 'mediatr-ts';

/** A request that is neither idempotent nor locked. */
export class FindOrder extends RequestData<string> {
  constructor(readonly id: string) {
    super();
  }
}

@requestHandler(FindOrder)
export class FindOrderHandler {
  async handle(query: FindOrder): Promise<string> {
    return query.id;
  }
}
