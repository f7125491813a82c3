/** Greys and colours that can be read on white and on black: the background is the page's. */
export const INK = '#808893';
const FAINT = '#80889340';

export const COLORS = { ours: '#2f81f7', limit: '#808893', peer: '#d9822b' } as const;

/** For lines, each of which is another contestant. */
export const LINE_COLORS = ['#2f81f7', '#d9822b', '#3a9d5d', '#b05fc9'];

const FONT = 'system-ui, sans-serif';

export const theme = {
  background: 'transparent',
  font: FONT,
  padding: 8,
  view: { stroke: 'transparent' },
  axis: {
    labelColor: INK,
    titleColor: INK,
    domainColor: FAINT,
    tickColor: FAINT,
    gridColor: FAINT,
    titleFontWeight: 'normal' as const,
    labelFontSize: 11,
    titleFontSize: 11,
  },
  header: { labelColor: INK, labelFontSize: 12, labelFontWeight: 'bold' as const, title: null },
  legend: { labelColor: INK, titleColor: INK, labelFontSize: 11, title: null },
  title: { color: INK, fontSize: 14, anchor: 'start' as const },
};
