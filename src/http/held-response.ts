import { type HttpResponse, notStored, type WholeResponse } from './http-messages.js';
import { restoreHeaders } from './restore-headers.js';
import { isEvents, toHeaders } from './storable.js';
import {
  call,
  headerPairs,
  type PipedSource,
  sendTo,
  type WritableResponse,
} from './writable-response.js';

/** What is taken over while a response is held. */
type Taken = 'write' | 'end' | 'writeHead' | 'flushHeaders' | 'destroy';

/**
 * Keeps what a handler writes until it has ended the response, so that it can be stored before the client
 * sees it. One that gets too long, or is made of events, is let go, and goes on as a stream that is not
 * stored; so is one that its client does not get to the end of.
 */
export class HeldResponse {
  /** The response when it is ended, or will not be stored. */
  readonly whole: Promise<HttpResponse>;
  readonly #response: WritableResponse;
  readonly #originals: Pick<WritableResponse, Taken>;
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #resolve: (response: HttpResponse) => void = () => {};
  /** Status and headers at the end: what throws after it must not change them. */
  #head: HttpResponse | undefined;
  #isStreaming = false;
  #isPiped = false;
  #isClosed = false;
  readonly #headersBefore: HttpResponse['headers'];

  constructor(response: WritableResponse, maxBytes: number) {
    this.#headersBefore = toHeaders(response.getHeaders());
    const { write, end, writeHead, flushHeaders, destroy } = response;
    this.#response = response;
    this.#originals = { write, end, writeHead, flushHeaders, destroy };
    this.#maxBytes = maxBytes;
    this.whole = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    response.write = this.#write;
    response.end = this.#end;
    response.writeHead = this.#writeHead;
    response.flushHeaders = this.#flushHeaders;
    response.destroy = this.#destroy;
    response.once('close', this.#close);
    response.once('pipe', this.#pipe);
  }

  /** Sends what the handler wrote, as it wrote it. */
  release(): void {
    if (this.#isStreaming || !this.#head) return;
    this.#letGo(this.#head.headers);
    this.#response.statusCode = this.#head.status;
    call(this.#response, 'end', Buffer.concat(this.#chunks));
  }

  /** Sends another response: nothing that the handler has set stays. */
  replace(response: WholeResponse): void {
    if (this.#isStreaming) return;
    this.#letGo(this.#headersBefore);
    sendTo(this.#response, response);
  }

  /** Sends nothing: an error handler will. */
  discard(): void {
    if (!this.#isStreaming) this.#letGo(this.#headersBefore);
  }

  readonly #write = (chunk: unknown, ...rest: unknown[]): boolean => {
    // As Node has it of what comes after the end.
    if (this.#head) return false;
    this.#take(chunk, rest);
    if (this.#size > this.#maxBytes || this.#isEvents) this.#stream();
    return true;
  };

  readonly #end = (...args: unknown[]): WritableResponse => {
    const response = this.#response;
    if (this.#head) return response;
    if (this.#isEvents) {
      this.#stream();
      call(response, 'end', ...args);
      return response;
    }
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
    for (const [name, value] of headerPairs(given ?? {})) this.#response.setHeader(name, value);
    return this.#response;
  };

  readonly #flushHeaders = (): void => {
    if (!this.#isEvents) return;
    this.#stream();
    this.#response.flushHeaders();
  };

  /** With an error it has failed, as if the handler had thrown it. */
  readonly #destroy = (error?: Error): unknown => {
    this.#abandon(error && 500);
    this.#response.destroy = this.#originals.destroy;
    return call(this.#response, 'destroy', error);
  };

  /** A stream to a client that has gone stops without an end. A handler that has not begun works on. */
  readonly #close = (): void => {
    this.#isClosed = true;
    if (this.#isPiped || this.#size > 0) this.#abandon();
  };

  readonly #pipe = (source: PipedSource): void => {
    this.#isPiped = true;
    // Some destroy the source when they see that the client has gone. At its end it has ended this, too.
    if (this.#isClosed) source.once('close', () => this.#abandon());
  };

  /** There will be no whole response. */
  #abandon(status = this.#response.statusCode): void {
    this.#resolve({ ...this.#describe(), status, body: notStored });
  }

  get #isEvents(): boolean {
    return isEvents(this.#response.getHeaders());
  }

  #letGo(headers: HttpResponse['headers']): void {
    const response = this.#response;
    Object.assign(response, this.#originals);
    restoreHeaders(response, headers, (name, value) => response.setHeader(name, value));
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
    for (const chunk of this.#chunks.splice(0)) call(this.#response, 'write', chunk);
  }

  #describe(): HttpResponse {
    const { statusCode: status } = this.#response;
    return { status, headers: toHeaders(this.#response.getHeaders()), body: '' };
  }
}
