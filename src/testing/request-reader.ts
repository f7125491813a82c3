/** One command on its way to the server. */
export interface RedisRequest {
  /** The name and the arguments of the command, as text. */
  readonly command: readonly string[];
  /** As it was sent. */
  readonly bytes: Buffer;
}

const lineEnd = '\r\n';

/** Cuts a client's stream into commands: arrays of bulk strings, in the words of the protocol. */
export class RequestReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The commands that this chunk completes. */
  read(chunk: Buffer): RedisRequest[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const requests: RedisRequest[] = [];
    for (;;) {
      const request = firstOf(this.#rest);
      if (!request) return requests;
      requests.push(request);
      this.#rest = this.#rest.subarray(request.bytes.length);
    }
  }
}

function firstOf(bytes: Buffer): RedisRequest | undefined {
  const header = lineAt(bytes, 0);
  if (!header) return undefined;
  const command: string[] = [];
  let { next } = header;
  for (let left = header.number; left > 0; left -= 1) {
    const length = lineAt(bytes, next);
    if (!length) return undefined;
    const end = length.next + length.number;
    if (bytes.length < end + lineEnd.length) return undefined;
    command.push(bytes.toString('utf8', length.next, end));
    next = end + lineEnd.length;
  }
  return { command, bytes: bytes.subarray(0, next) };
}

/** The number in a line such as `*3` or `$11`, and where the next line starts. */
function lineAt(bytes: Buffer, start: number): { number: number; next: number } | undefined {
  const end = bytes.indexOf(lineEnd, start);
  if (end < 0) return undefined;
  return { number: Number(bytes.toString('latin1', start + 1, end)), next: end + lineEnd.length };
}
