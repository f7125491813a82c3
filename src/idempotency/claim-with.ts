import { chainScripts, thenValues } from '../redis/chained-script.js';
import { wasSent } from '../redis/commands-in-flight.js';
import type { Companion } from '../redis/companion.js';
import type { RedisRunner, ScriptTarget } from '../redis/redis-runner.js';
import type { Script, ScriptInput } from '../redis/script.js';
import { type ClaimReply, claimScript, tracedClaimScript } from './scripts/claim.js';

type ClaimScript = typeof claimScript;
type Chain = ReturnType<typeof chainWith>;

const chainsOf = new Map([
  [claimScript, new Map<Script, Chain>()],
  [tracedClaimScript, new Map<Script, Chain>()],
]);

/**
 * Claims, and lets a companion run in the same round trip if the claim is granted.
 *
 * @param giveBack takes back a claim whose answer came too late
 */
export async function claimWith(
  runner: RedisRunner,
  { claim, companion }: { claim: ClaimScript; companion: Companion },
  target: ScriptTarget<{ readonly record: string }>,
  input: Omit<ScriptInput<typeof claimScript>, 'record'>,
  giveBack: () => void,
): Promise<ClaimReply> {
  const chains = chainsOf.get(claim);
  const chain = chains?.get(companion.script) ?? chainWith(claim, companion.script);
  chains?.set(companion.script, chain);
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
    if (wasSent(error)) companion.undo();
    throw error;
  }
}

function chainWith(claim: ClaimScript, script: Script) {
  return chainScripts(claim, script, "reply[1] == 'claimed'");
}
