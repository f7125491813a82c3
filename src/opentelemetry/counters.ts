import type { Attributes, Meter } from '@opentelemetry/api';
import {
  type CounterDefinitions,
  cacheCounters,
  idempotencyCounters,
  lockCounters,
} from './counter-definitions.js';
import { listen } from './listen.js';

/** Counts the events of all areas. Gives what ends that. */
export function countEvents(meter: Meter): () => void {
  const stops = [
    listen('idempotency', countersOf(meter, 'idempotency', idempotencyCounters)),
    listen('lock', countersOf(meter, 'lock', lockCounters)),
    listen('cache', countersOf(meter, 'cache', cacheCounters)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function countersOf<Event extends { readonly event: string }>(
  meter: Meter,
  area: string,
  definitions: CounterDefinitions<Event>,
): (event: Event) => void {
  const adders = new Map<string, (event: Event) => void>();
  for (const [name, { unit, description, counts, zeros }] of Object.entries(definitions)) {
    const counter = meter.createCounter(`qx_cache.${area}.${name}`, { unit, description });
    for (const zero of zeros) counter.add(0, zero);
    for (const [event, attributesOf] of Object.entries(counts)) {
      const attributes = attributesOf as (event: Event) => Attributes;
      adders.set(event, (happened) => counter.add(1, attributes(happened)));
    }
  }
  return (event) => adders.get(event.event)?.(event);
}
