import { QxCacheSettingsError } from '../errors/index.js';

/** @throws {@link QxCacheSettingsError} when `work` is no function, before anything is claimed for it */
export function checkWork(subject: string, work: unknown): void {
  if (typeof work === 'function') return;
  throw new QxCacheSettingsError(`${subject}: work must be a function (got ${typeof work}).`);
}
