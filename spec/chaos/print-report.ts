import type { ChaosReport } from './run-chaos.js';

/** How many breaches of a rule are told in full. */
const shown = 5;

/** Prints what was injected, what was judged and what was found. */
export function printReport({ injected, verdicts }: ChaosReport): void {
  console.log('\nInjected:');
  console.table(Object.fromEntries([...injected].map(([fault, times]) => [fault, { times }])));
  for (const [workload, { judged, breaches }] of verdicts) {
    console.log(`\n${workload}: ${breaches.length === 0 ? 'all promises kept' : 'BROKEN'}`);
    console.table(judged);
    for (const [rule, of] of byRule(breaches)) {
      console.log(`${rule}: broken ${of.length} times`);
      for (const { message } of of.slice(0, shown)) console.log(`  ${message}`);
    }
  }
}

/** How many promises were broken. */
export function breachCount({ verdicts }: ChaosReport): number {
  return [...verdicts.values()].reduce((sum, { breaches }) => sum + breaches.length, 0);
}

function byRule<T extends { readonly rule: string }>(breaches: readonly T[]): Map<string, T[]> {
  const rules = new Map<string, T[]>();
  for (const breach of breaches) {
    rules.set(breach.rule, [...(rules.get(breach.rule) ?? []), breach]);
  }
  return rules;
}
