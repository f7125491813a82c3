/** A shop with a page that shows what a double click does. `npm run start:http -- --help` */
import { parseArgs } from 'node:util';
import { isQxCacheError } from 'qx-cache';
import { openService } from './service.js';

const usage = `Usage: npm run start:http -- [options]

  --port N     where to listen, on this machine alone (default: 3000; 0: any that is free)
  --url URL    the Redis to use (default: memory://, in this process)
  --help       this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3000' },
      url: { type: 'string', default: 'memory://http-example' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(usage);
  const service = await openService(values.url);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void service.close());
  }
  try {
    const address = await service.listen({ host: '127.0.0.1', port: Number(values.port) });
    console.log(`Open ${address} and double-click. Ctrl-C ends it.`);
  } catch (error) {
    await service.close();
    throw error;
  }
}

try {
  await main();
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  // A wrong option, a port that is taken, a Redis that is not there.
  if (!isQxCacheError(error) && !code?.match(/^ERR_PARSE_ARGS|^ERR_SOCKET|^EADDR|^EACCES/))
    throw error;
  console.error(message);
  process.exitCode = 1;
}
