import { redisKey } from '../../redis/key-space.js';
import { defineScript } from '../../redis/script.js';
import { subscriberOf } from '../../redis/subscriber.js';
import { probeName } from './check-rights.js';
import { ok, type SessionCheck, warning } from './finding.js';

const PATIENCE_MS = 2000;

/** Says one word in a channel, as the scripts do that wake who waits. */
const announceScript = defineScript({
  name: 'announce',
  keys: ['record'],
  args: ['channel'],
  lua: /* lua */ `
redis.call('EXISTS', record)
announce(channel, 'hello')
return '1'
`,
  parse: () => undefined,
});

/** Whether what scripts publish is heard: else waiters only look from time to time. */
export const checkPush: SessionCheck = async (session) => {
  const { redis, runner, settings } = session;
  const name = probeName();
  const channel = redisKey(settings.namespace, 'idempotency', name, 'changed');
  const record = redisKey(settings.namespace, 'idempotency', name);
  const startedAt = performance.now();
  let stop = () => {};
  let timer: NodeJS.Timeout | undefined;
  const heard = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
    const send = () => runner.script(announceScript, { record, channel }, 'the probe');
    stop = subscriberOf(redis).listen(channel, {
      onListening: () => void send().catch(() => resolve(false)),
      onMessage: () => resolve(true),
    });
  });
  const wasHeard = await heard;
  clearTimeout(timer);
  stop();
  if (wasHeard) {
    return [ok('push', `heard after ${Math.round(performance.now() - startedAt)} ms`)];
  }
  const advice =
    'Give the user the right to its channels and to PUBLISH and SUBSCRIBE, in a cluster SPUBLISH and SSUBSCRIBE too (docs/acl). Until then those who wait look from time to time, which is slower.';
  return [warning('push', `nothing was heard within ${PATIENCE_MS / 1000} s`, advice)];
};
