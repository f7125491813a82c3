import { renderMermaidSVG } from 'beautiful-mermaid';

/** The colours of the site, light or dark. */
const colors = {
  bg: 'var(--color-background)',
  fg: 'var(--color-text)',
  muted: 'var(--color-text-aside)',
};

/** A diagram as part of a page: it asks no other server for a font. */
function diagram(text) {
  return renderMermaidSVG(text, colors).replace(/^\s*@import .*$/gm, '');
}

/** Makes a renderer of Markdown draw what GitHub draws: blocks of Mermaid. */
export function drawDiagrams(parser) {
  const { fence } = parser.renderer.rules;
  parser.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    if (info.trim() !== 'mermaid') return fence(tokens, index, ...rest);
    return `<div class="diagram">${diagram(content)}</div>\n`;
  };
}
