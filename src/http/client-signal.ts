/** A response of Node, as far as it is needed to see that the client has gone. */
export interface NodeResponse {
  readonly writableEnded: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/** Aborts when the connection closes before the response was sent. */
export function clientSignal(response: NodeResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableEnded) gone.abort();
  });
  return gone.signal;
}
