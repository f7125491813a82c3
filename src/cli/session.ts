import type { Cluster, Redis } from 'ioredis';
import { closeClient } from '../redis/close-client.js';
import { createClient } from '../redis/create-client.js';
import { RedisRunner } from '../redis/redis-runner.js';
import { type CacheSettings, resolveSettings } from '../settings/cache-settings.js';
import { CliError } from './cli-error.js';
import type { Reporter } from './output/reporter.js';
import type { Streams } from './streams.js';

/** What every command takes. */
export interface GlobalOptions {
  readonly url?: string;
  readonly namespace?: string;
  readonly json?: boolean;
  readonly color: boolean;
}

/** A connection to Redis, for one command. */
export interface Session {
  readonly redis: Redis | Cluster;
  readonly runner: RedisRunner;
  readonly settings: CacheSettings;
  readonly reporter: Reporter;
  readonly streams: Streams;
}

/**
 * The settings that the options and the environment ask for.
 *
 * @throws {@link QxCacheSettingsError} when one of them is malformed
 * @throws {@link CliError} for memory://, where another process can't look
 */
export function settingsFor({ url, namespace }: GlobalOptions): CacheSettings {
  const settings = resolveSettings({
    ...(url !== undefined && { url }),
    ...(namespace !== undefined && { namespace }),
  });
  if (settings.url.startsWith('memory:')) {
    throw new CliError(
      'What a memory:// URL holds is within one process, and nobody else can look at it. Give the URL of a server: --url redis://host:6379/0, or QX_CACHE_URL.',
    );
  }
  return settings;
}

/** Connects, lets the command work, and closes. */
export async function withSession<T>(
  settings: CacheSettings,
  { reporter, streams }: Pick<Session, 'reporter' | 'streams'>,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const redis = await createClient(settings);
  try {
    const runner = new RedisRunner(redis, settings.commandTimeoutSeconds);
    return await work({ redis, runner, settings, reporter, streams });
  } finally {
    await closeClient(redis, settings.commandTimeoutSeconds);
  }
}
