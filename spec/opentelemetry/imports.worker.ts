// Tells what importing the entry point opened, and which channels it listens to.
import { channel } from 'node:diagnostics_channel';

const { getActiveResourcesInfo } = process;
const before = getActiveResourcesInfo();
await import('../../src/opentelemetry/index.js');
const opened = getActiveResourcesInfo().filter((resource) => !before.includes(resource));
const channels = ['idempotency', 'lock', 'cache', 'operation'].map((area) => `qx-cache:${area}`);
process.send?.({ opened, observed: channels.filter((name) => channel(name).hasSubscribers) });
