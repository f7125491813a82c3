import { chainScripts, thenValues } from '../redis/chained-script.js';
import { wasSent } from '../redis/commands-in-flight.js';
import type { Companion } from '../redis/companion.js';
import type { RedisClient } from '../redis/redis-client.js';
import type { RedisRunner, ScriptTarget } from '../redis/redis-runner.js';
import type { Script, ScriptInput } from '../redis/script.js';
import { type ClaimReply, claimScript } from './scripts/claim.js';

/** Clients of one address with many nodes behind it, a proxy say, which can't run the two as one. */
const divided = new WeakSet<RedisClient>();
const chains = new Map<Script, ReturnType<typeof chainWith>>();

/**
 * Claims, and lets a companion run in the same round trip if the claim is granted. Where that can't be,
 * only the claim is made.
 *
 * @param giveBack takes back a claim whose answer came too late
 */
export async function claimWith(
  runner: RedisRunner,
  companion: Companion,
  target: ScriptTarget<{ readonly record: string }>,
  input: Omit<ScriptInput<typeof claimScript>, 'record'>,
  giveBack: () => void,
): Promise<ClaimReply> {
  const claimAlone = () => runner.scriptOn(target, claimScript, input, giveBack);
  if (divided.has(runner.redis)) return claimAlone();
  const chain = chains.get(companion.script) ?? chainWith(companion.script);
  chains.set(companion.script, chain);
  const both = { ...input, ...thenValues(companion.send()) };
  const undo = () => {
    giveBack();
    companion.undo();
  };
  try {
    const { first, second } = await runner.scriptOn(target, chain, both, undo);
    if (second !== undefined) companion.answered(second);
    return first;
  } catch (error) {
    if (isCrossSlot(error)) {
      divided.add(runner.redis);
      return claimAlone();
    }
    if (wasSent(error)) companion.undo();
    throw error;
  }
}

/** The keys are on different nodes, so nothing was done. */
function isCrossSlot(error: unknown): boolean {
  const cause = error instanceof Error && error.cause;
  return cause instanceof Error && cause.message.startsWith('CROSSSLOT');
}

function chainWith(script: Script) {
  return chainScripts(claimScript, script, "reply[1] == 'claimed'");
}
