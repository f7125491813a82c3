export {
  type CommandMatch,
  type FaultProxy,
  type FaultProxyCounts,
  startFaultProxy,
} from './fault-proxy.js';
export type { FaultProxyTarget } from './fault-proxy-target.js';
export { inMemoryRedis } from './in-memory-redis.js';
