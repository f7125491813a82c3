import { CacheSerializationError, CacheUnavailableError } from '../errors/index.js';
import { redact } from '../settings/redact.js';
import { withDeadline } from './deadline.js';
import { perClient } from './per-client.js';
import type { RedisClient } from './redis-client.js';
import type { Script, ScriptInput, ScriptReply } from './script.js';

// biome-ignore lint/suspicious/noExplicitAny: the widest script type; its parts are inferred back
type AnyScript = Script<any, any, any>;

/** Scripts that this client's server has seen: later calls send the hash instead of the text. */
const loadedOf = perClient(() => new Set<string>());

/**
 * Sends commands with a time limit and turns what ioredis throws into typed errors, so that no raw
 * one reaches a user.
 */
export class RedisRunner {
  readonly redis: RedisClient;
  readonly timeoutSeconds: number;
  readonly #loaded: Set<string>;

  constructor(redis: RedisClient, timeoutSeconds: number) {
    this.redis = redis;
    this.timeoutSeconds = timeoutSeconds;
    this.#loaded = loadedOf(redis);
  }

  /**
   * Runs a script: one command. The first call of a script sends its text, the others its hash.
   *
   * @param subject what it is about, for messages: `lock "x"`, `idempotency key "y"`
   * @param onLateReply gets a reply that came after the time limit
   */
  async script<S extends AnyScript>(
    script: S,
    input: ScriptInput<S>,
    subject: string,
    onLateReply?: (reply: ScriptReply<S>) => void,
  ): Promise<ScriptReply<S>> {
    const values = input as Record<string, string | number>;
    const keysAndArgs = [...script.keys, ...script.args].map((name) => String(values[name]));
    const late = onLateReply && ((reply: unknown) => onLateReply(script.parse(reply)));
    const reply = await this.command(
      () => this.#evaluate(script, keysAndArgs),
      `${script.name} of ${subject}`,
      late,
    );
    return script.parse(reply);
  }

  /**
   * Sends one command.
   *
   * @throws {@link CacheUnavailableError} when there is no answer in time or the server refuses
   * @throws {@link CacheSerializationError} when the key holds another Redis type
   */
  async command<T>(
    send: () => Promise<T>,
    what: string,
    onLateReply?: (reply: T) => void,
  ): Promise<T> {
    try {
      return await withDeadline(send(), this.timeoutSeconds, what, onLateReply);
    } catch (error) {
      throw toTypedError(error, what);
    }
  }

  async #evaluate(script: AnyScript, keysAndArgs: string[]): Promise<unknown> {
    const { sha1, lua, keys } = script;
    if (this.#loaded.has(sha1)) {
      try {
        return await this.redis.evalsha(sha1, keys.length, ...keysAndArgs);
      } catch (error) {
        // SCRIPT FLUSH, a restart, a failover, or another node of a cluster.
        if (!(error instanceof Error && error.message.includes('NOSCRIPT'))) throw error;
      }
    }
    const reply = await this.redis.eval(lua, keys.length, ...keysAndArgs);
    this.#loaded.add(sha1);
    return reply;
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
  const bare = new Error(redact(error.message));
  bare.name = error.name;
  return bare;
}
