import type { Redis } from 'ioredis';
import { RedisRunner } from '../../redis/redis-runner.js';
import type { Session } from '../session.js';
import type { Server } from './finding.js';

const directives = [
  'appendfsync',
  'min-replicas-to-write',
  'timeout',
  'hash-max-listpack-value',
  'maxclients',
];

/** Asks a server about itself. What it does not let this user see is left out. */
export async function lookAtServer({ settings }: Session, node: Redis): Promise<Server> {
  const runner = new RedisRunner(node, settings.commandTimeoutSeconds);
  const info = await runner.command(() => node.info(), 'INFO');
  const config = await runner
    .command(async () => {
      const values = new Map<string, string>();
      for (const directive of directives) {
        const [name, value] = (await node.config('GET', directive)) as string[];
        if (name !== undefined && value !== undefined) values.set(name, value);
      }
      return values;
    }, 'CONFIG GET')
    .catch(() => undefined);
  const { host, port } = node.options;
  return { node, address: `${host}:${port}`, info: parseInfo(info), config };
}

function parseInfo(text: string): Map<string, string> {
  const fields = [...text.matchAll(/^([\w.-]+):(.*?)\r?$/gm)];
  return new Map(fields.map(([, name = '', value = '']) => [name, value]));
}
