/**
 * An `--import` argument for a Node process in which these packages are not installed: importing
 * one of them fails as Node itself would fail.
 */
export function withoutPackages(...packages: string[]): string {
  const hooks = `
    const missing = ${JSON.stringify(packages)};
    export async function resolve(specifier, context, next) {
      if (!missing.some((name) => specifier === name || specifier.startsWith(name + '/'))) {
        return next(specifier, context);
      }
      const error = new Error("Cannot find package '" + specifier + "'");
      throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
    }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`;
  return dataUrl(register);
}

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
