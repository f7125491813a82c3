import { parser } from '@prometheus-io/lezer-promql';
import type { Sample } from './prometheus-text.js';

/** What an expression asks Prometheus for. */
export interface Query {
  /** Each takes the samples of one vector selector. */
  readonly selectors: readonly { readonly text: string; takes(sample: Sample): boolean }[];
  /** The labels that it groups by. */
  readonly groupedBy: ReadonlySet<string>;
}

/** @throws an error that shows the place, for what is no PromQL */
export function parseQuery(expression: string): Query {
  const selectors: Query['selectors'][number][] = [];
  const groupedBy = new Set<string>();
  parser.parse(expression).iterate({
    enter({ name, type, from, to, node }) {
      const text = expression.slice(from, to);
      if (type.isError) throw new Error(`no PromQL after: ${expression.slice(0, to)}`);
      if (name === 'VectorSelector') selectors.push({ text, takes: matcherOf(text) });
      if (name === 'LabelName' && node.parent?.name === 'GroupingLabels') groupedBy.add(text);
    },
  });
  return { selectors, groupedBy };
}

/** Of a selector like `name{label="value",other=~"a|b"}`, in which no value holds a comma or a quote. */
function matcherOf(selector: string): (sample: Sample) => boolean {
  const [, metric = '', matchers = ''] = /^(\w*)(?:\{(.*)\})?$/s.exec(selector) ?? [];
  const all = [...matchers.matchAll(/(\w+)(=~|!=|=)"([^"]*)"/g)].map(
    ([, label = '', operator, value = '']) => {
      const pattern = new RegExp(`^(?:${value})$`);
      return (labels: Sample['labels']) => {
        const actual = labels[label] ?? '';
        if (operator === '=~') return pattern.test(actual);
        return (actual === value) === (operator === '=');
      };
    },
  );
  return ({ name, labels }) =>
    (metric === '' || metric === name) && all.every((is) => is({ ...labels, __name__: name }));
}
