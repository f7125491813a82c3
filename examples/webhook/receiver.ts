import type { IncomingMessage, RequestListener } from 'node:http';
import { type IdempotencyStore, isIdempotencyInProgressError, isQxCacheError } from 'qx-cache';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const MAX_BODY_BYTES = 1_000_000;

/** A listener for `node:http` that handles each event once, and answers every delivery of it alike. */
export function webhookReceiver(
  store: IdempotencyStore,
  secret: string,
  handle: (event: unknown) => Promise<unknown>,
): RequestListener {
  const webhook = new Webhook(secret);

  async function receive(request: IncomingMessage): Promise<Answer> {
    const text = await bodyOf(request);
    if (text === undefined) return { status: 413, body: { error: 'the body is too large' } };
    // Before anything else: whoever can't sign must not occupy keys. The signature covers the id.
    const event = webhook.verify(text, request.headers as Record<string, string>);
    const { value } = await store.run(
      `webhook:${request.headers['webhook-id']}`,
      () => handle(event),
      // Senders hang up after some seconds, and then deliver again.
      { fingerprint: text, waitSeconds: 5 },
    );
    return { status: 200, body: value };
  }

  return (request, response) => {
    void receive(request)
      .catch(toAnswer)
      .then(({ status, body, headers }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(body ?? null));
      });
  };
}

/** Anything but 2xx makes the sender deliver again. */
function toAnswer(error: unknown): Answer {
  if (error instanceof WebhookVerificationError) {
    return { status: 401, body: { error: 'the signature is not valid' } };
  }
  if (isIdempotencyInProgressError(error)) {
    const headers = { 'retry-after': `${Math.ceil(error.retryAfterSeconds)}` };
    return { status: error.status, body: { error: error.code }, headers };
  }
  if (isQxCacheError(error)) return { status: error.status, body: { error: error.code } };
  console.error('the handler of a webhook failed', error);
  return { status: 500, body: { error: 'the event was not handled' } };
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Read to its end all the same, or the sender would see a broken connection and no answer.
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString('utf8') : undefined;
}
