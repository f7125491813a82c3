import { createHash } from 'node:crypto';
import type { Attributes } from '@opentelemetry/api';
import type { OperationEvent, OperationSubject } from '../diagnostics/index.js';

/** What spans tell of keys and names. */
export type KeyPolicy = (typeof keyPolicies)[number];

export const keyPolicies = ['none', 'hashed', 'plain'] as const;

/** Enough to tell keys apart. */
const hashLength = 16;

/** What is known of an operation when it starts. */
export function attributesOf(subject: OperationSubject, keys: KeyPolicy): Attributes {
  const attributes: Attributes = kindOf(subject);
  if (keys !== 'none') {
    const [name, value] =
      subject.area === 'lock'
        ? ['qx_cache.lock.name', subject.name]
        : [`qx_cache.${subject.area}.key`, subject.key];
    attributes[name] = keys === 'plain' ? value : hash(value);
  }
  if ('attempt' in subject) attributes['qx_cache.attempt'] = subject.attempt;
  if ('token' in subject) attributes['qx_cache.token'] = subject.token;
  return attributes;
}

/** How an operation ended; few values, so it serves metrics, too. */
export function outcomeOf({ subject, outcome, errorType }: OperationEvent): Attributes {
  const attributes = { ...kindOf(subject), 'qx_cache.outcome': outcome };
  return errorType === undefined ? attributes : { ...attributes, 'error.type': errorType };
}

/** Of what kind a lock is. */
export function kindOf(subject: object): Attributes {
  if ('name' in subject) {
    return { 'qx_cache.lock.kind': 'kind' in subject ? String(subject.kind) : 'lock' };
  }
  return {};
}

function hash(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, hashLength);
}
