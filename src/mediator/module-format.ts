import { createRequire } from 'node:module';
import { RequestData } from 'mediatr-ts';
import { QxCacheSettingsError } from '../errors/index.js';
import { classOf } from './policy-slot.js';

const advice =
  'mediatr-ts keeps a registry in each of its copies, so that one copy does not see what another has registered. Load it with `import` everywhere (compile to ES modules: "type": "module" in package.json, "module": "nodenext" in tsconfig.json), and see that `npm ls mediatr-ts` shows one version.';

/** The error for something made by a mediatr-ts that is not the one imported here. */
export function foreignCopyError(what: string, cause?: unknown): QxCacheSettingsError {
  return new QxCacheSettingsError(
    `${what} comes from another copy of mediatr-ts than the ES module that qx-cache uses: its CommonJS build, or a second installed version. ${advice}`,
    { cause },
  );
}

/** Says more about a missing handler, when the registry of another copy is likely to have it. */
export function explainMissingHandler(request: object, error: unknown): unknown {
  const { name } = classOf(request);
  if (!(request instanceof RequestData)) return foreignCopyError(`The request ${name}`, error);
  if (!isCommonJsCopyLoaded()) return error;
  return new QxCacheSettingsError(
    `No handler found for request ${name} in the ES module of mediatr-ts. Its CommonJS build is loaded in this process too: the handler may be registered there. ${advice}`,
    { cause: error },
  );
}

function isCommonJsCopyLoaded(): boolean {
  const require = createRequire(import.meta.url);
  try {
    return require.resolve('mediatr-ts') in require.cache;
  } catch {
    // Bundled: there is no package to be found, nor a second copy of it.
    return false;
  }
}
