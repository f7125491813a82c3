import type { TopLevelSpec } from 'vega-lite';
import type { Chart } from '../../contest/chart.js';
import { COLORS, INK, theme } from './theme.js';

/** Bars side by side, a panel for each case, with the spread of the rounds as a thin line. */
export function barsSpec({ title, figures, points }: Chart): TopLevelSpec {
  const panels = [...new Set(points.map(({ panel }) => panel))];
  const who = {
    field: 'who',
    type: 'nominal' as const,
    sort: [...new Set(points.map((point) => point.who))],
    axis: { title: null, labelLimit: 200, grid: false, ticks: false, domain: false },
  };
  return {
    title,
    config: theme,
    data: { values: [...points] },
    facet: {
      field: 'panel',
      type: 'nominal',
      sort: panels,
    },
    columns: panels.length % 3 === 0 ? 3 : 2,
    spec: {
      width: 190,
      height: { step: 20 },
      layer: [
        {
          mark: { type: 'bar', height: 13, cornerRadiusEnd: 2 },
          encoding: {
            y: who,
            x: {
              field: 'y',
              type: 'quantitative',
              axis: { title: figures, tickCount: 4, format: '~s' },
            },
            color: {
              field: 'role',
              type: 'nominal',
              legend: null,
              scale: { domain: Object.keys(COLORS), range: Object.values(COLORS) },
            },
          },
        },
        {
          mark: { type: 'rule', color: INK, strokeWidth: 1 },
          encoding: {
            y: who,
            x: { field: 'low', type: 'quantitative' },
            x2: { field: 'high' },
          },
        },
      ],
    },
    // Cases differ by the power of ten: each has a scale of its own.
    resolve: { scale: { x: 'independent' } },
  };
}
