import type { NodeResponse } from './client-signal.js';
import type { WholeResponse } from './http-messages.js';
import { setHeaders } from './restore-headers.js';

/** A method with overloads, of which each framework has types of its own. */
type Overloaded = (...args: never[]) => unknown;

/** A response of Node, as far as it takes to hold it back. */
export interface WritableResponse extends NodeResponse {
  statusCode: number;
  write: Overloaded;
  end: Overloaded;
  writeHead: Overloaded;
  destroy: Overloaded;
  flushHeaders(): void;
  getHeaders(): Readonly<Record<string, unknown>>;
  setHeader(name: string, value: string | string[]): unknown;
  removeHeader(name: string): unknown;
  once(event: 'close' | 'finish', listener: () => void): unknown;
  once(event: 'pipe', listener: (source: PipedSource) => void): unknown;
}

/** A stream that is piped into a response. */
export interface PipedSource {
  once(event: 'close', listener: () => void): unknown;
}

/** Sends a whole response, beside the headers that are there already. */
export function sendTo(response: WritableResponse, { status, headers, body }: WholeResponse): void {
  response.statusCode = status;
  setHeaders(headers, (name, value) => response.setHeader(name, value));
  call(response, 'end', body);
}

/** Calls such a method with what Node takes. */
export function call(
  response: WritableResponse,
  method: 'write' | 'end' | 'destroy',
  ...args: unknown[]
): unknown {
  return (response[method] as (...args: unknown[]) => unknown).apply(response, args);
}

/** The headers given to `writeHead`: Node takes them as one flat list, too. */
export function headerPairs(list: object): [string, string][] {
  if (!Array.isArray(list)) return Object.entries(list);
  if (Array.isArray(list[0])) return list as [string, string][];
  return list.flatMap((name, i) => (i % 2 === 0 ? [[String(name), String(list[i + 1])]] : []));
}
