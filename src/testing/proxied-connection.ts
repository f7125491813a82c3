import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisRequest, RequestReader } from './request-reader.js';

/** What all connections of a proxy go by, and count. */
export interface ProxyRules {
  isBlackhole: boolean;
  isDroppingPushes: boolean;
  delaySeconds: number;
  /** Says whether the reply to this command shall be lost; then calls back when it is. */
  takeLoss(request: RedisRequest): (() => void) | undefined;
  readonly counts: { commands: number; lostReplies: number; droppedPushes: number };
}

/** How a message of a subscription starts. */
const pushStart = '*3\r\n$7\r\nmessage\r\n';

/** One client on its way through the proxy. */
export class ProxiedConnection {
  readonly closed: Promise<void>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #rules: ProxyRules;
  readonly #requests = new RequestReader();
  #hasLostBytes = false;
  /** The server's answer to our own PING behind the command whose reply is to be lost. */
  #loss: { readonly marker: string; readonly done: () => void; seen: string } | undefined;
  #replies: Promise<void> | undefined;

  constructor(client: Socket, target: { host: string; port: number }, rules: ProxyRules) {
    this.#client = client;
    this.#rules = rules;
    this.#server = connect(target);
    for (const socket of [this.#client, this.#server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => this.cut());
    }
    this.closed = new Promise((resolve) => client.once('close', () => resolve()));
    client.on('data', (chunk) => this.#fromClient(chunk));
    this.#server.on('data', (chunk) => this.#fromServer(chunk));
  }

  cut(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  /** A client that missed bytes would take the next reply for another one's: it has to reconnect. */
  heal(): void {
    if (this.#hasLostBytes) this.cut();
  }

  #fromClient(chunk: Buffer): void {
    if (this.#isSwallowing()) return;
    for (const request of this.#requests.read(chunk)) {
      this.#rules.counts.commands += 1;
      this.#server.write(request.bytes);
      const done = this.#rules.takeLoss(request);
      if (!done) continue;
      // Once the server answers this, it has executed what came before.
      const marker = randomUUID();
      this.#server.write(`*2\r\n$4\r\nPING\r\n$${marker.length}\r\n${marker}\r\n`);
      this.#loss = { marker, done, seen: '' };
      return;
    }
  }

  #fromServer(chunk: Buffer): void {
    if (this.#loss) {
      this.#loss.seen += chunk.toString('latin1');
      if (this.#loss.seen.includes(this.#loss.marker)) this.#loseReply(this.#loss.done);
    } else if (!this.#isSwallowing()) {
      this.#reply(this.#rules.isDroppingPushes ? this.#withoutPush(chunk) : chunk);
    }
  }

  #loseReply(done: () => void): void {
    this.#rules.counts.lostReplies += 1;
    this.cut();
    done();
  }

  #isSwallowing(): boolean {
    if (this.#rules.isBlackhole) this.#hasLostBytes = true;
    return this.#rules.isBlackhole || this.#loss !== undefined;
  }

  /** The server sends a push of its own accord and in one piece, so nothing but pushes follows it. */
  #withoutPush(chunk: Buffer): Buffer {
    const start = chunk.indexOf(pushStart);
    if (start < 0) return chunk;
    this.#rules.counts.droppedPushes += 1;
    return chunk.subarray(0, start);
  }

  /** Holds replies back for as long as asked, and in their order. */
  #reply(chunk: Buffer): void {
    const { delaySeconds } = this.#rules;
    if (delaySeconds === 0 && !this.#replies) {
      this.#client.write(chunk);
      return;
    }
    const due = sleep(delaySeconds * 1000, undefined, { ref: false });
    const sent = Promise.all([due, this.#replies]).then(() => {
      if (!this.#client.destroyed) this.#client.write(chunk);
      if (this.#replies === sent) this.#replies = undefined;
    });
    this.#replies = sent;
  }
}
