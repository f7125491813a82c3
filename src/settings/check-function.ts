import { QxCacheSettingsError } from '../errors/index.js';

/**
 * Refuses what is no function, before anything is claimed, locked or loaded for it.
 *
 * @throws {@link QxCacheSettingsError} naming the argument
 */
export function checkFunction(subject: string, argument: string, given: unknown): void {
  if (typeof given === 'function') return;
  throw new QxCacheSettingsError(
    `${subject}: ${argument} must be a function (got ${typeof given}).`,
  );
}
