import { CacheSerializationError, CacheUnavailableError } from '../errors/index.js';
import { printable } from '../errors/printable.js';
import { redact } from '../settings/redact.js';
import { CommandDeadlines } from './command-deadlines.js';
import { type CommandsInFlight, commandsInFlightOf } from './commands-in-flight.js';
import { writeNow, writeTogether } from './one-write.js';
import { perClient } from './per-client.js';
import { isClusterClient, type RedisClient } from './redis-client.js';
import type { Script, ScriptInput, ScriptReply } from './script.js';

// biome-ignore lint/suspicious/noExplicitAny: the widest script type; its parts are inferred back
type AnyScript = Script<any, any, any>;

export type Values = { readonly [name: string]: string | number };

/** What several scripts are called for: the values that all of them get. */
export interface ScriptTarget<Shared extends Values> {
  readonly values: Shared;
  /** What it is called in messages: `lock "x"`. */
  readonly subject: string;
}

/**
 * How often the text of a script was sent to this client's server, by its hash. As a connection keeps the
 * order, all calls behind such a one send the hash, also before it is answered: a crowd of first calls
 * would else send many megabytes of text.
 */
const loadsOf = perClient(() => new Map<string, number>());

/**
 * Sends commands with a time limit and turns what ioredis throws into typed errors, so that no raw
 * one reaches a user.
 */
export class RedisRunner {
  readonly redis: RedisClient;
  readonly timeoutSeconds: number;
  readonly #deadlines: CommandDeadlines;
  readonly #inFlight: CommandsInFlight;
  readonly #loads: Map<string, number>;
  readonly #isCluster: boolean;

  constructor(redis: RedisClient, timeoutSeconds: number) {
    this.redis = redis;
    this.timeoutSeconds = timeoutSeconds;
    this.#inFlight = commandsInFlightOf(redis);
    this.#deadlines = new CommandDeadlines(timeoutSeconds, this.#inFlight);
    this.#loads = loadsOf(redis);
    this.#isCluster = isClusterClient(redis);
  }

  /**
   * Runs a script: one command. The first call of a script sends its text, those behind it its hash.
   *
   * @param subject what it is about, for messages: `lock "x"`, `idempotency key "y"`
   * @param onLateReply gets a reply that came after the time limit
   */
  script<S extends AnyScript>(
    script: S,
    input: ScriptInput<S>,
    subject: string,
    onLateReply?: (reply: ScriptReply<S>) => void,
  ): Promise<ScriptReply<S>> {
    return this.scriptOn({ values: {}, subject }, script, input, onLateReply);
  }

  /**
   * Runs a script on something that several scripts are called for.
   *
   * @param values what the target does not give
   * @param onLateReply gets a reply that came after the time limit
   */
  scriptOn<S extends AnyScript, Shared extends Values>(
    target: ScriptTarget<Shared>,
    script: S,
    values: Omit<ScriptInput<S>, keyof Shared>,
    onLateReply?: (reply: ScriptReply<S>) => void,
  ): Promise<ScriptReply<S>> {
    const keysAndArgs = argumentsOf(script, target.values, values as Values);
    const what = () => `${script.name} of ${target.subject}`;
    if (!script.isFollowUp && this.#inFlight.isFull) return this.#refuse(what);
    return this.#send(() => this.#evaluate(script, keysAndArgs), what, script.parse, onLateReply);
  }

  /**
   * Sends one command.
   *
   * @param isFollowUp see {@link Script.isFollowUp}
   * @throws {@link CacheUnavailableError} when there is no answer in time, the server refuses, or too many
   *   commands are in flight
   * @throws {@link CacheSerializationError} when the key holds another Redis type
   */
  command<T>(send: () => Promise<T>, what: string, { isFollowUp = false } = {}): Promise<T> {
    if (!isFollowUp && this.#inFlight.isFull) return this.#refuse(() => what);
    return this.#send(send, () => what, asItIs);
  }

  /** Sends at once what is otherwise sent at the end of this turn of the event loop. */
  flush(): void {
    writeNow(this.redis);
  }

  #refuse(what: () => string): Promise<never> {
    return Promise.reject(this.#inFlight.refusal(what()));
  }

  #send<Reply, T>(
    send: () => Promise<Reply>,
    what: () => string,
    read: (reply: Reply) => T,
    onLate?: (reply: T) => void,
  ): Promise<T> {
    writeTogether(this.redis);
    return this.#deadlines.limit(sent(send), what, read, onLate, toTypedError);
  }

  #evaluate(script: AnyScript, keysAndArgs: string[]): Promise<unknown> {
    const { sha1 } = this.#formOf(script);
    const loads = this.#loads.get(sha1);
    if (loads === undefined) return this.#load(script, keysAndArgs);
    return this.#byHash(script, keysAndArgs, () =>
      // Who heard of it first has sent the text already.
      this.#loads.get(sha1) === loads
        ? this.#load(script, keysAndArgs)
        : this.#byHash(script, keysAndArgs, () => this.#load(script, keysAndArgs)),
    );
  }

  /** @param onUnknown after SCRIPT FLUSH, a restart, a failover, or at another node of a cluster */
  #byHash(
    script: AnyScript,
    keysAndArgs: string[],
    onUnknown: () => Promise<unknown>,
  ): Promise<unknown> {
    const { sha1 } = this.#formOf(script);
    return this.redis.evalsha(sha1, script.keys.length, ...keysAndArgs).catch((error: unknown) => {
      if (error instanceof Error && error.message.includes('NOSCRIPT')) return onUnknown();
      throw error;
    });
  }

  #load(script: AnyScript, keysAndArgs: string[]): Promise<unknown> {
    const { sha1, lua } = this.#formOf(script);
    this.#loads.set(sha1, (this.#loads.get(sha1) ?? 0) + 1);
    return this.redis.eval(lua, script.keys.length, ...keysAndArgs);
  }

  #formOf(script: AnyScript): Pick<AnyScript, 'sha1' | 'lua'> {
    return this.#isCluster ? script.inCluster : script;
  }
}

function argumentsOf({ keys, args }: AnyScript, shared: Values, values: Values): string[] {
  const all: string[] = [];
  for (const name of keys) all.push(String(values[name] ?? shared[name]));
  for (const name of args) all.push(String(values[name] ?? shared[name]));
  return all;
}

function asItIs<T>(reply: T): T {
  return reply;
}

/** What a client throws, it also rejects with. */
function sent<T>(send: () => Promise<T>): Promise<T> {
  try {
    return send();
  } catch (error) {
    return Promise.reject(error);
  }
}

function toTypedError(error: unknown, what: string): unknown {
  if (error instanceof CacheUnavailableError || !(error instanceof Error)) return error;
  const cause = withoutCommand(error);
  if (error.message.includes('WRONGTYPE')) {
    return new CacheSerializationError(
      `Redis holds another type of value than expected (${what}). Something else writes to this key; nothing was changed.`,
      { cause },
    );
  }
  return new CacheUnavailableError(`Redis could not do ${what}: ${cause.message}`, { cause });
}

/** ioredis hangs the command on its errors, and with it a stored value or the password of AUTH. */
function withoutCommand(error: Error): Error {
  const bare = new Error(printable(redact(error.message)));
  bare.name = error.name;
  return bare;
}
