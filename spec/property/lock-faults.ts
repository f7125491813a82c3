import type { Fault } from './broken-redis.js';

/** What could be wrong in the scripts of a lock, each by one line. */
export const lockFaults: Readonly<Record<string, Fault>> = {
  'anybody can release': {
    script: 'lock release',
    replace: 'if owner == id then',
    by: 'if owner then',
  },
  'anybody can release while nobody waits': {
    script: 'lock release',
    replace: 'if known[1] == id and',
    by: "if known[1] and known[1] ~= '' and",
  },
  'anybody can renew': {
    script: 'lock renew',
    replace: "if owner ~= id then return { 'taken', '' } end",
    by: '',
  },
  'a lease that ended is revived': {
    script: 'lock renew',
    replace: "if isFree then return { 'expired', '' } end",
    by: '',
  },
  'a renewal does not confirm': {
    script: 'lock renew',
    replace: "'pending', '0'",
    by: "'kept', '0'",
  },
  'a lease never ends': { script: 'lock', replace: 'or ends <= nowMs', by: '' },
  'a release leaves no receipt': {
    script: 'lock release',
    replace: "if reply == 'released' then keepReceipt(id) end",
    by: '',
  },
  'a release leaves no receipt while nobody waits': {
    script: 'lock release',
    replace: 'keepReceiptFrom(id, nowMs, tonumber(known[4]) or 0)',
    by: '',
  },
  'a release does not hand on': {
    script: 'lock release',
    replace: 'local winner = handOn()',
    by: "local winner = false redis.call('HSET', state, 'owner', '', 'pending', '0')",
  },
  'a release by force leaves no receipt': {
    script: 'lock forceRelease',
    replace: "keepReceipt(id .. (wasHeld and ':held' or ':free'))",
    by: '',
  },
  'the last one is served first': {
    script: 'lock',
    replace: "redis.call('ZRANGE', queue, '0', '0')[1]",
    by: "redis.call('ZRANGE', queue, '-1', '-1')[1]",
  },
  'a late one overtakes those who wait': {
    script: 'lock acquire',
    replace: "if isFree and redis.call('ZCARD', queue) == 0 then",
    by: 'if isFree then',
  },
  'an attempt overtakes those who wait': {
    script: 'lock acquire',
    replace:
      "if not isFree or handOn() or redis.call('ZCARD', queue) > 0 then return { 'busy' } end",
    by: "if not isFree then return { 'busy' } end",
  },
  'an owner does not find itself': {
    script: 'lock acquire',
    replace: 'if owner == id and not isFree then',
    by: 'if false then',
  },
  'a waiter does not find itself': {
    script: 'lock acquire',
    replace: 'if not place then',
    by: 'if true then',
  },
  'a ticket is not taken': { script: 'lock acquire', replace: 'tonumber(ticket) or ', by: '' },
  'a token starts again when the memory of the last is gone': {
    script: 'lock',
    replace: 'token = math.max(token + 1, now)',
    by: 'token = token + 1',
  },
  'a token is the time of the clock alone': {
    script: 'lock',
    replace: 'local now = micros()',
    by: 'local now = math.floor(micros() / 1e8) * 1e8',
  },
  'the dead are served': {
    script: 'lock',
    replace: 'if isAlive(process) then',
    by: 'if true then',
  },
  'the living are passed by': {
    script: 'lock',
    replace: 'if isAlive(process) then',
    by: 'if false then',
  },
  'a hand-over needs no confirmation': {
    script: 'lock',
    replace: "give(head, 1000, '1')",
    by: "give(head, 1000, '0')",
  },
  'a hand-over lasts for a full lease': {
    script: 'lock',
    replace: "give(head, 1000, '1')",
    by: "give(head, 20001, '1')",
  },
  'one that did not confirm still counts as alive': {
    script: 'lock',
    replace: "redis.call('ZREM', alive, processOf(owner))",
    by: '',
  },
  'nobody is woken': { script: 'lock', replace: 'announce(wake', by: 'type(wake' },
  'one that gave up keeps its place': {
    script: 'lock leave',
    replace: "redis.call('ZREM', queue, id)",
    by: '',
  },
  'one that gave up keeps the lock': {
    script: 'lock leave',
    replace: '  handOn()\nend\nreturn',
    by: 'end\nreturn',
  },
  'a confirmed lease is given back as a grant': {
    script: 'lock leave',
    replace: "(what == 'all' or isPending)",
    by: 'true',
  },
  'anybody gives back': { script: 'lock leave', replace: 'owner == id and', by: 'owner and' },
  'a heartbeat does not tell of grants': {
    script: 'lock heartbeat',
    replace: 'then granted = owner end',
    by: "then granted = '' end",
  },
  'a heartbeat gives no sign of life': {
    script: 'lock heartbeat',
    replace: "redis.call('ZADD', alive,",
    by: "redis.call('ZSCORE', alive, process) -- ",
  },
  'a heartbeat does not look after the queue': {
    script: 'lock heartbeat',
    replace: 'isPending = handOn() and true or false',
    by: '',
  },
  'the queue does not expire': {
    script: 'lock acquire',
    replace: "redis.call('PEXPIRE', queue, '60000')",
    by: '',
  },
  'the state does not expire': {
    script: 'lock',
    replace: "redis.call('PEXPIRE', state,",
    by: "redis.call('HLEN', state) -- ",
  },
  'an inspection counts the dead': {
    script: 'lock inspect',
    replace: 'if lives[process] then',
    by: 'if true then',
  },
};
