import { abandonScript } from '../../src/idempotency/scripts/abandon.js';
import { claimScript } from '../../src/idempotency/scripts/claim.js';
import { completeScript } from '../../src/idempotency/scripts/complete.js';
import { keepStepScript } from '../../src/idempotency/scripts/keep-step.js';
import { removeScript } from '../../src/idempotency/scripts/remove.js';
import { renewScript } from '../../src/idempotency/scripts/renew.js';
import { setScript } from '../../src/idempotency/scripts/set.js';
import type { Bug } from '../support/broken-scripts.js';

/** Bugs that were thought of, to see that the model would notice. */
export const scriptBugs: Readonly<Record<string, Bug>> = {
  'a completion that does not look whose claim it is': {
    script: completeScript,
    instead: "if current[1] and current[2] ~= owner then return { 'lost' } end",
    has: '',
  },
  'a completion that stores again what is stored': {
    script: completeScript,
    instead: "return { 'completed-before' }",
    has: '',
  },
  'a completion without an expiry of its own': {
    script: completeScript,
    instead: "redis.call('PEXPIRE', record, ttl)",
    has: '',
  },
  'a completion that leaves steps behind': {
    script: completeScript,
    instead: 'if current[4] then drop_steps() end',
    has: '',
  },
  'a renewal that does not look whose claim it is': {
    script: renewScript,
    instead: "if current[1] and current[2] ~= owner then return { 'lost' } end",
    has: '',
  },
  'a renewal that does not write a lost record again': {
    script: renewScript,
    instead: 'elseif not current[1] then',
    has: 'elseif false then',
  },
  'a give-up that does not look whose claim it is': {
    script: abandonScript,
    instead: "or current[2] ~= owner then return { 'not-owner' }",
    has: "then return { 'not-owner' }",
  },
  'a give-up that forgets the token': {
    script: abandonScript,
    instead: 'leave_tombstone(current[3]',
    has: "leave_tombstone('1'",
  },
  'a step of a late owner': {
    script: keepStepScript,
    instead: "if current[2] ~= owner then return { 'lost' } end",
    has: '',
  },
  'a claim that does not wait for the end of a lease': {
    script: claimScript,
    instead: 'if left > 0 then',
    has: 'if false then',
  },
  'a claim that never takes over': {
    script: claimScript,
    instead: 'if left > 0 then',
    has: 'if true then',
  },
  'a take-over that does not count': {
    script: claimScript,
    instead: 'next_attempt = tonumber(attempt) + 1',
    has: 'next_attempt = tonumber(attempt)',
  },
  'a take-over with the token of the dead': {
    script: claimScript,
    instead: 'next_attempt = tonumber(attempt) + 1',
    has: 'next_attempt, next_token = tonumber(attempt) + 1, token',
  },
  "a take-over of what must not be taken over ('never')": {
    script: claimScript,
    instead: "if takeover == 'never' or holder_takeover == 'never' then",
    has: "if takeover == 'never' then",
  },
  'a claim that does not know itself when it is sent twice': {
    script: claimScript,
    instead: 'if holder == owner then',
    has: 'if false then',
  },
  'a claim that takes another payload for the same': {
    script: claimScript,
    instead: "if is_other_payload then return { 'key-reused' } end",
    has: '',
  },
  'a claim that runs again what is completed': {
    script: claimScript,
    instead: "if state and state ~= 'free' and not replaces then",
    has: "if state == 'in-progress' then",
  },
  'a refused claim that renews the record': {
    script: claimScript,
    instead: 'if left > 0 then',
    has: "if left > 0 then redis.call('PEXPIRE', record, 90000)",
  },
  'a refused claim that leaves its fingerprint': {
    script: claimScript,
    instead: 'if left > 0 then',
    has: 'if left > 0 then tag(fingerprint, version)',
  },
  'a claim without an expiry': {
    script: claimScript,
    instead: "redis.call('PEXPIRE', record, int(tonumber(lease) + tonumber(ttl)))",
    has: '',
  },
  'a claim that hands over the steps of another payload': {
    script: claimScript,
    instead: 'if has_steps and (is_other_payload or is_other_version) then',
    has: 'if false then',
  },
  'a set that overwrites a result': {
    script: setScript,
    instead: "if state == 'completed' then return",
    has: 'if owner == request then return',
  },
  'a set that its owner does not notice': {
    script: setScript,
    instead: "'owner', request",
    has: "'owner', owner or request",
  },
  'a delete that leaves no trace': {
    script: removeScript,
    instead: 'leave_tombstone(token)',
    has: "redis.call('DEL', record)",
  },
};
