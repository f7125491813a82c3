// The site: README and docs as pages, and the API from the docstrings. `npm run docs` makes it in site/.

import { entryPoints, manifest, root } from '../package/entry-points.mjs';
import { drawDiagrams } from './diagrams.mjs';
import {
  askForDocstrings,
  findLinkedNames,
  nameEntryPoints,
  namePages,
} from './typedoc-plugins.mjs';

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: manifest.name,
  entryPoints: entryPoints().map(({ source }) => `${root}/${source}`),
  tsconfig: `${root}/tsconfig.build.json`,
  out: `${root}/site`,
  readme: `${root}/README.md`,
  projectDocuments: [
    `${root}/docs/*.md`,
    `${root}/docs/migration/*.md`,
    `${root}/{CHANGELOG,CONTRIBUTING,SECURITY}.md`,
    `${root}/examples/README.md`,
  ],
  plugin: [namePages, nameEntryPoints, findLinkedNames, askForDocstrings],
  markdownItLoader: drawDiagrams,
  highlightLanguages: ['ts', 'js', 'sql', 'sh', 'json', 'yaml', 'python', 'http'],
  ignoredHighlightLanguages: ['mermaid', 'text'],
  customCss: `${root}/scripts/docs/site.css`,
  navigation: { includeGroups: true, includeCategories: false },
  groupOrder: ['Start', 'Guides', 'Migration', 'Operation', 'Background', '*'],
  // package.json does not say where the sources can be read.
  disableSources: true,
  excludeInternal: true,
  // `npm run typecheck` looks for errors.
  skipErrorChecking: true,
  validation: { invalidLink: true, invalidPath: true, notDocumented: false, notExported: false },
  treatWarningsAsErrors: true,
};
