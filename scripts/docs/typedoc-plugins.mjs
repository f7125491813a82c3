import { ReflectionKind } from 'typedoc';
import { entryPoints } from '../package/entry-points.mjs';

/** Where a page stands in the navigation; all others are guides. */
const groups = {
  Start: ['getting-started', 'which-one', 'README'],
  Migration: [
    'redlock',
    'redis-semaphore',
    'node-idempotency',
    'powertools',
    'set-nx',
    'from-python',
  ],
  Operation: ['safety', 'operations', 'cli', 'keyspace', 'performance', 'benchmarks', 'SECURITY'],
  Background: ['architecture', 'dependencies', 'versioning', 'CONTRIBUTING', 'CHANGELOG'],
};

/** Pages are called by their headings, and stand in groups. */
export function namePages({ converter }) {
  converter.on('createDocument', (_context, page) => {
    const file = page.name.split('/').at(-1);
    const [group = 'Guides'] =
      Object.entries(groups).find(([, files]) => files.includes(file)) ?? [];
    page.frontmatter.group = group;
    const text = page.content.map((part) => part.text).join('');
    page.name = text.match(/^# (.*)$/m)?.[1] ?? page.name;
  });
}

/** Entry points are called as users import them. */
export function nameEntryPoints({ converter }) {
  const names = new Map(entryPoints().map(({ name, source }) => [source.split('/').at(-2), name]));
  converter.on('resolveBegin', ({ project }) => {
    for (const module of project.children) {
      const folder = module.name === 'index' ? 'src' : module.name;
      module.name = names.get(folder) ?? module.name;
    }
  });
}

/**
 * A docstring of one entry point may link to a name of another: a mediator throws errors of the core.
 * The first entry point that has it is the one that is meant.
 */
export function findLinkedNames({ converter }) {
  converter.addUnknownSymbolResolver((reference, reflection, link) => {
    const name = reference.symbolReference?.path?.[0]?.path;
    const target = reflection.project.children
      .flatMap(({ children = [] }) => children)
      .find((exported) => exported.name === name && !exported.isReference());
    return link && target && { target, caption: name };
  });
}

/** Each exported name has a docstring, and so has each method of a class. */
export function askForDocstrings({ converter, logger }) {
  converter.on('resolveEnd', ({ project }) => {
    const exported = project.children.flatMap((module) => module.children ?? []);
    const methods = exported
      .filter(({ kind }) => kind === ReflectionKind.Class)
      .flatMap(({ children }) => children.filter(({ kind }) => kind === ReflectionKind.Method));
    const isTold = (one) => one.isReference() || one.hasComment() || one.signatures?.some(isTold);
    for (const reflection of [...exported, ...methods].filter((one) => !isTold(one)))
      logger.warn(`${reflection.getFriendlyFullName()} has no docstring`);
  });
}
