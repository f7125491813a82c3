import { hash } from 'node:crypto';
import { preludeFor } from './prelude.js';

/** The names under which a script knows its keys and arguments. */
type Names = readonly string[];

/** A value for each name. */
type Values<N extends Names> = { readonly [Name in N[number]]: string | number };

/**
 * A Lua script as a named unit. It runs as a whole or not at all; nothing comes between its
 * commands. Keys and arguments have names, in Lua as in TypeScript.
 */
export interface Script<K extends Names = Names, A extends Names = Names, Reply = unknown> {
  readonly name: string;
  readonly keys: K;
  readonly args: A;
  readonly lua: string;
  readonly sha1: string;
  /**
   * Whether it keeps or ends what an earlier command began. It is sent also when too many commands are in
   * flight: refused, it would cost a lease, or the result of work that is done.
   */
  readonly isFollowUp: boolean;
  /** The same for the nodes of a cluster: it announces in shard channels. */
  readonly inCluster: { readonly lua: string; readonly sha1: string };
  /** Makes a typed reply of what Redis returned. */
  readonly parse: (reply: unknown) => Reply;
}

/** What one call of a script needs: every key and every argument by name. */
export type ScriptInput<S> =
  S extends Script<infer K, infer A, unknown> ? Values<K> & Values<A> : never;

/** What one call of a script answers. */
export type ScriptReply<S> = S extends Script<Names, Names, infer Reply> ? Reply : never;

/**
 * Defines a script. Its keys and arguments become Lua locals of the same names.
 *
 * Rules for the body, so that it runs on a real server and on ioredis-mock alike: no cjson,
 * cmsgpack or error replies; numbers are handed on only by `num` or `int`; hash fields are read by
 * `fields`; replies are flat lists. See prelude.ts.
 */
export function defineScript<
  const K extends Names,
  const A extends Names,
  Reply = unknown,
>(definition: {
  name: string;
  keys: K;
  args: A;
  /** See {@link Script.isFollowUp}. Default: false. */
  isFollowUp?: boolean;
  lua: string;
  parse: (reply: unknown) => Reply;
}): Script<K, A, Reply> {
  const { name, keys, args, parse, isFollowUp = false } = definition;
  const body = definition.lua.trim();
  const whole = (place: 'lone' | 'cluster') => {
    const lua = [
      `-- qx-cache ${name}`,
      ...keys.map((key, i) => `local ${key} = KEYS[${i + 1}]`),
      ...args.map((arg, i) => `local ${arg} = ARGV[${i + 1}]`),
      preludeFor(body, place),
      body,
    ].join('\n');
    return { lua, sha1: hash('sha1', lua, 'hex') };
  };
  return { name, keys, args, parse, isFollowUp, ...whole('lone'), inCluster: whole('cluster') };
}

/** A reply that is a list of text. */
export function texts(reply: unknown): string[] {
  return (reply as unknown[]).map(String);
}
