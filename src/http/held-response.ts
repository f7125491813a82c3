import type { NodeResponse } from './client-signal.js';
import { type HttpResponse, notStored, type WholeResponse } from './http-messages.js';
import { toHeaders } from './storable.js';

/** A response of Node, as far as it takes to hold it back. */
export interface WritableResponse extends NodeResponse {
  statusCode: number;
  // biome-ignore lint/suspicious/noExplicitAny: overloads, of which each framework has its own types.
  write: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  end: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  writeHead: any;
  flushHeaders(): void;
  getHeaders(): Readonly<Record<string, unknown>>;
  setHeader(name: string, value: string | string[]): unknown;
  removeHeader(name: string): unknown;
  once(event: 'close' | 'finish', listener: () => void): unknown;
}

/**
 * Keeps what a handler writes until it has ended the response, so that it can be stored before the client
 * sees it. One that gets too long is let go, and goes on as a stream that is not stored.
 */
export class HeldResponse {
  /** The response when it is ended, or too long. */
  readonly whole: Promise<HttpResponse>;
  readonly #response: WritableResponse;
  readonly #originals: Pick<WritableResponse, 'write' | 'end' | 'writeHead' | 'flushHeaders'>;
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #resolve: (response: HttpResponse) => void = () => {};
  /** Status and headers at the end: what throws after it must not change them. */
  #head: HttpResponse | undefined;
  #isStreaming = false;
  readonly #headersBefore: HttpResponse['headers'];

  constructor(response: WritableResponse, maxBytes: number) {
    this.#headersBefore = toHeaders(response.getHeaders());
    const { write, end, writeHead, flushHeaders } = response;
    this.#response = response;
    this.#originals = { write, end, writeHead, flushHeaders };
    this.#maxBytes = maxBytes;
    this.whole = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    response.write = this.#write;
    response.end = this.#end;
    response.writeHead = this.#writeHead;
    response.flushHeaders = () => {};
  }

  /** Sends what the handler wrote, as it wrote it. */
  release(): void {
    if (this.#isStreaming || !this.#head) return;
    this.#send({ ...this.#head, body: Buffer.concat(this.#chunks) });
  }

  /** Sends another response: nothing that the handler has set stays. */
  replace({ status, headers, body }: WholeResponse): void {
    if (this.#isStreaming) return;
    this.#send({ status, headers: { ...this.#headersBefore, ...headers }, body });
  }

  /** Sends nothing: an error handler will. */
  discard(): void {
    if (!this.#isStreaming) this.#letGo(this.#headersBefore);
  }

  readonly #write = (chunk: unknown, ...rest: unknown[]): boolean => {
    this.#take(chunk, rest);
    if (this.#size > this.#maxBytes) this.#stream();
    return true;
  };

  readonly #end = (...args: unknown[]): WritableResponse => {
    const response = this.#response;
    if (this.#head) return response;
    const last = args.at(-1);
    if (typeof last === 'function') response.once('finish', last as () => void);
    if (typeof args[0] !== 'function' && args[0] != null) this.#take(args[0], [args[1]]);
    this.#head = this.#describe();
    this.#resolve({ ...this.#head, body: Buffer.concat(this.#chunks) });
    return response;
  };

  /** What it would send at once is only noted. */
  readonly #writeHead = (status: number, ...rest: unknown[]): WritableResponse => {
    this.#response.statusCode = status;
    const given = rest.find((argument) => typeof argument === 'object' && argument !== null);
    const pairs = Array.isArray(given) ? pairsOf(given) : Object.entries(given ?? {});
    for (const [name, value] of pairs) this.#response.setHeader(name, value);
    return this.#response;
  };

  #send(whole: WholeResponse): void {
    this.#letGo(whole.headers);
    sendTo(this.#response, whole);
  }

  #letGo(headers: HttpResponse['headers']): void {
    const response = this.#response;
    Object.assign(response, this.#originals);
    for (const name of Object.keys(response.getHeaders())) {
      if (!(name in headers)) response.removeHeader(name);
    }
  }

  #take(chunk: unknown, rest: readonly unknown[]): void {
    const encoding = rest.find((argument) => typeof argument === 'string') as BufferEncoding;
    const bytes = Buffer.from(chunk as string, encoding);
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    const callback = rest.find((argument) => typeof argument === 'function');
    if (callback) process.nextTick(callback as () => void);
  }

  #stream(): void {
    this.#isStreaming = true;
    Object.assign(this.#response, this.#originals);
    this.#resolve({ ...this.#describe(), body: notStored });
    for (const chunk of this.#chunks.splice(0)) this.#response.write(chunk);
  }

  #describe(): HttpResponse {
    const { statusCode: status } = this.#response;
    return { status, headers: toHeaders(this.#response.getHeaders()), body: '' };
  }
}

/** Sends a whole response, beside the headers that are there already. */
export function sendTo(response: WritableResponse, { status, headers, body }: WholeResponse): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  response.end(body);
}

/** Node takes headers as one flat list, too. */
function pairsOf(list: readonly unknown[]): [string, string][] {
  if (Array.isArray(list[0])) return list as [string, string][];
  return list.flatMap((name, i) => (i % 2 === 0 ? [[String(name), String(list[i + 1])]] : []));
}
