/**
 * The token under which the module binds its Redis client.
 *
 * @example
 * const redis = container.get<Redis>(REDIS_CLIENT);
 */
export const REDIS_CLIENT: unique symbol = Symbol('qx-cache.REDIS_CLIENT');
