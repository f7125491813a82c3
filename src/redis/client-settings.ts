import { type CacheSettings, defaultSettings } from '../settings/cache-settings.js';
import type { RedisClient } from './redis-client.js';

/** The settings that outlive the connecting: what the classes take from their client. */
export type ClientSettings = Pick<
  CacheSettings,
  'namespace' | 'commandTimeoutSeconds' | 'maxCommandsInFlight'
>;

const known = new WeakMap<RedisClient, ClientSettings>();

/** Lets a client remember the settings it was made with. */
export function rememberSettings(redis: RedisClient, settings: ClientSettings): void {
  known.set(redis, settings);
}

/** The settings of a client made by `createClient`; the defaults for any other. */
export function settingsOf(redis: RedisClient): ClientSettings {
  return known.get(redis) ?? defaultSettings;
}
