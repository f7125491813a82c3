import type { TopLevelSpec } from 'vega-lite';
import type { Chart } from '../../contest/chart.js';
import { INK, LINE_COLORS, theme } from './theme.js';

/** A logarithmic scale has many lines in between, which tell nothing. */
const onlyPowersOfTen = {
  condition: {
    test: 'abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 1e-9',
    value: 1,
  },
  value: 0,
};

/** Lines over something that grows by powers, a panel for each case. */
export function linesSpec({ title, figures, over = '', points }: Chart): TopLevelSpec {
  const names = [...new Set(points.map(({ who }) => who))];
  // Grey for what can't be beaten.
  const limits = new Set(points.flatMap(({ who, role }) => (role === 'limit' ? who : [])));
  const colors = LINE_COLORS.values();
  const range = [...names]
    .sort((a, b) => Number(limits.has(a)) - Number(limits.has(b)))
    .map((who) => [who, limits.has(who) ? INK : (colors.next().value ?? INK)] as const);
  const color = {
    field: 'who',
    type: 'nominal' as const,
    scale: { domain: range.map(([who]) => who), range: range.map(([, hex]) => hex) },
    legend: names.length > 1 ? { orient: 'bottom' as const } : null,
  };
  const x = {
    field: 'x',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, base: baseOf(points.map((point) => point.x ?? 1)) },
    axis: {
      title: over,
      format: '~s',
      grid: false,
      labelFlush: false,
      labelOverlap: false,
      values: [...new Set(points.map((point) => point.x ?? 1))],
    },
  };
  return {
    title,
    config: theme,
    data: { values: [...points] } as never,
    facet: {
      field: 'panel',
      type: 'nominal',
      sort: [...new Set(points.map(({ panel }) => panel))],
    },
    columns: 2,
    spec: {
      width: 290,
      height: 170,
      layer: [
        {
          mark: { type: 'line', point: { size: 25 }, strokeWidth: 2 },
          encoding: {
            x,
            y: {
              field: 'y',
              type: 'quantitative',
              scale: { type: 'log' },
              axis: { title: figures, format: '~s', tickCount: 4, gridOpacity: onlyPowersOfTen },
            },
            color,
          },
        },
        {
          mark: { type: 'rule', strokeWidth: 1, opacity: 0.5 },
          encoding: {
            x,
            y: { field: 'low', type: 'quantitative' },
            y2: { field: 'high' },
            color,
          },
        },
      ],
    },
    resolve: { scale: { y: 'independent' } },
  } as TopLevelSpec;
}

function baseOf(xs: readonly number[]): number {
  return xs.some((x) => x === 2 || x === 4) ? 2 : 10;
}
