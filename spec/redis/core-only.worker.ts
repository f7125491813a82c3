// The core where none of the optional peers is installed: tells what importing it opened, and how a
// memory:// URL is answered.
const { getActiveResourcesInfo } = process;
const before = getActiveResourcesInfo();
const core = await import('../../src/index.js');
const opened = getActiveResourcesInfo().filter((resource) => !before.includes(resource));
const error: unknown = await core.createClient('memory://x').catch((thrown: unknown) => thrown);
const isTyped = core.isCacheConnectionError(error);
process.send?.({
  opened,
  reason: isTyped && error.reason,
  message: String(error),
  hasMetadata: 'defineMetadata' in Reflect,
});
