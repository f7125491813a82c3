import type { Fault } from './broken-redis.js';

/** What could be wrong in the scripts of a pool, each by one line. */
export const permitFaults: Readonly<Record<string, Fault>> = {
  'one more than there are permits gets in': {
    script: 'permit',
    replace: 'held >= tonumber(permits)',
    by: 'held > tonumber(permits)',
  },
  'only one gets in': {
    script: 'permit',
    replace: 'held >= tonumber(permits)',
    by: 'held >= 1',
  },
  'a writer gets in beside readers': {
    script: 'permit',
    replace: 'if wantsAll(id) or held',
    by: 'if held',
  },
  'a reader gets in beside a writer': {
    script: 'permit',
    replace: "return not wantsAll(redis.call('ZRANGE', owners, '0', '0')[1])",
    by: 'return true',
  },
  'readers starve a writer': {
    script: 'permit acquire',
    replace: "if redis.call('ZCARD', queue) == 0 and fits(id) then",
    by: 'if fits(id) then',
  },
  'only one is handed on to': {
    script: 'permit',
    replace: 'while dead < 1000 do',
    by: 'for _ = 1, 1 do',
  },
  'the last one is served first': {
    script: 'permit',
    replace: "redis.call('ZRANGE', queue, '0', '0')[1]",
    by: "redis.call('ZRANGE', queue, '-1', '-1')[1]",
  },
  'the dead are served': {
    script: 'permit',
    replace: 'head ~= own and not isAlive(process)',
    by: 'false',
  },
  'the living are passed by': {
    script: 'permit',
    replace: 'head ~= own and not isAlive(process)',
    by: 'head ~= own',
  },
  'a lease never ends': {
    script: 'permit',
    replace: "redis.call('ZRANGEBYSCORE', owners, '-inf', int(nowMs))",
    by: '{}',
  },
  'a hand-over needs no confirmation': {
    script: 'permit',
    replace: 'take(head, 1000, true)',
    by: 'take(head, 1000, false)',
  },
  'a hand-over lasts for a full lease': {
    script: 'permit',
    replace: 'take(head, 1000, true)',
    by: 'take(head, 20001, true)',
  },
  'one that did not confirm still counts as alive': {
    script: 'permit',
    replace: "redis.call('ZREM', alive, processOf(id))",
    by: '',
  },
  'a late one that comes back has lost its turn': {
    script: 'permit',
    replace: 'if isCallers and isWaiting and',
    by: 'if false and',
  },
  'a token starts again when the memory of the last is gone': {
    script: 'permit',
    replace: 'token = math.max(token + 1, now)',
    by: 'token = token + 1',
  },
  'two have the same token': {
    script: 'permit',
    replace: 'token = math.max(token + 1, now)',
    by: 'token = math.max(token, now)',
  },
  'nobody is woken': { script: 'permit', replace: 'announce(wake', by: 'type(wake' },
  'the state does not expire': {
    script: 'permit',
    replace: 'ipairs({ state, owners, pending }) do\n    if',
    by: 'ipairs({ owners, pending }) do\n    if',
  },
  'the owners do not expire': {
    script: 'permit',
    replace: 'ipairs({ state, owners, pending }) do\n    if',
    by: 'ipairs({ state, pending }) do\n    if',
  },
  'grants do not expire': {
    script: 'permit',
    replace: 'ipairs({ state, owners, pending }) do\n    if',
    by: 'ipairs({ state, owners }) do\n    if',
  },
  'the queue does not expire': {
    script: 'permit',
    replace: "redis.call('PEXPIRE', queue, '60000')",
    by: '',
  },
  'receipts do not expire': {
    script: 'permit',
    replace: "redis.call('PEXPIRE', receipts, '120000')",
    by: '',
  },
  'an owner does not find itself': {
    script: 'permit acquire',
    replace: 'if ends > nowMs then',
    by: 'if false then',
  },
  'an acquire does not confirm': {
    script: 'permit acquire',
    replace: "id)\n  redis.call('ZREM', pending, id)\n  local",
    by: 'id)\n  local',
  },
  'a waiter does not find itself': {
    script: 'permit acquire',
    replace: 'if not place then',
    by: 'if true then',
  },
  'a ticket is not taken': { script: 'permit acquire', replace: 'tonumber(ticket) or ', by: '' },
  'an attempt queues': {
    script: 'permit acquire',
    replace: "if mode == 'try' then return { 'busy' } end",
    by: '',
  },
  'a waiter gives no sign of life': {
    script: 'permit acquire',
    replace: 'live(processOf(id))',
    by: '',
  },
  'a renewal does not confirm': {
    script: 'permit renew',
    replace: "id)\nredis.call('ZREM', pending, id)\nlocal",
    by: 'id)\nlocal',
  },
  'a lease that ended is revived': {
    script: 'permit renew',
    replace: "if ends <= nowMs then return { 'expired', '' } end",
    by: '',
  },
  'anybody can renew': {
    script: 'permit renew',
    replace: "if ends == 0 then return { 'taken', '' } end",
    by: "if ends == 0 then ends = nowMs + 1 redis.call('HSET', state, 'of:' .. id, '1') end",
  },
  'a release leaves no receipt': {
    script: 'permit release',
    replace: 'keepReceipt(id)\nreturn',
    by: 'return',
  },
  'a release is not seen as late': {
    script: 'permit release',
    replace: "if ends <= nowMs then return 'expired' end",
    by: '',
  },
  'a release does not hand on': {
    script: 'permit release',
    replace: 'drop(id)\nhandOn()',
    by: 'drop(id)',
  },
  'a release takes from somebody else': {
    script: 'permit release',
    replace: 'drop(id)\nhandOn()',
    by: "drop(redis.call('ZRANGE', owners, '-1', '-1')[1])\nhandOn()",
  },
  'a release by force leaves no receipt': {
    script: 'permit forceRelease',
    replace: "keepReceipt(id .. (wasHeld and ':held' or ':free'))",
    by: '',
  },
  'a release by force takes from one only': {
    script: 'permit forceRelease',
    replace: 'wasHeld = true',
    by: 'wasHeld = true\n  break',
  },
  'one that gave up keeps its place': {
    script: 'permit leave',
    replace: "redis.call('ZREM', queue, id) == 1",
    by: 'true',
  },
  'one that gave up holds up those behind it': {
    script: 'permit leave',
    replace: 'if isGivenBack or hasLeft then handOn() end',
    by: '',
  },
  'a confirmed lease is given back as a grant': {
    script: 'permit leave',
    replace: "what == 'all' and owners or pending",
    by: 'owners',
  },
  'a heartbeat does not tell of grants': {
    script: 'permit heartbeat',
    replace: 'if processOf(id) == process then granted',
    by: 'if false then granted',
  },
  'a heartbeat tells of the grants of others': {
    script: 'permit heartbeat',
    replace: 'if processOf(id) == process then granted',
    by: 'if true then granted',
  },
  'a heartbeat gives no sign of life': {
    script: 'permit heartbeat',
    replace: '\nlive(process)\n',
    by: '\n',
  },
  'a heartbeat does not look after the queue': {
    script: 'permit heartbeat',
    replace: 'dropEnded(process, true)\nhandOn()',
    by: '',
  },
  'an inspection counts the dead': {
    script: 'permit inspect',
    replace: 'if lives[process] then',
    by: 'if true then',
  },
  'an inspection tells of leases that ended': {
    script: 'permit inspect',
    replace: 'if left > 0 then',
    by: 'if true then',
  },
};
