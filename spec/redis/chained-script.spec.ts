import { expect } from 'chai';
import { chainScripts, thenValues } from '../../src/redis/chained-script.js';
import { RedisRunner } from '../../src/redis/redis-runner.js';
import { defineScript, texts } from '../../src/redis/script.js';
import { onEachRedis } from '../support/engines.js';

const take = defineScript({
  name: 'take',
  keys: ['key'],
  args: ['value'],
  lua: /* lua */ `
if redis.call('EXISTS', key) == 1 then return { 'taken', redis.call('GET', key) } end
redis.call('SET', key, value, 'PX', '60000')
return { 'yours', value }
`,
  parse: texts,
});
const count = defineScript({
  name: 'count',
  keys: ['key'],
  args: ['value'],
  lua: /* lua */ `
if value == 'list' then return { 'a', 'b' } end
return num(redis.call('STRLEN', key) + tonumber(value))
`,
  parse: (reply) => (Array.isArray(reply) ? texts(reply) : Number(reply)),
});

onEachRedis('A chain of two scripts', (engine) => {
  const chain = chainScripts(take, count, "reply[1] == 'yours'");
  const run = async (name: string, value: string | number) => {
    const key = `${engine.namespace()}:cache:${name}`;
    const runner = new RedisRunner(await engine.connect(), 5);
    const second = thenValues({ key: `${engine.namespace()}:cache:other`, value });
    const values = { key, value: 'x', then_key: '', then_value: '', ...second };
    return runner.script(chain, values, 'a chain');
  };

  it('is one script that answers for both, each with names of its own', async () => {
    expect(await run('a', 7)).to.deep.equal({ first: ['yours', 'x'], second: 7 });
    expect(await run('b', 'list')).to.deep.equal({ first: ['yours', 'x'], second: ['a', 'b'] });
  });

  it('ends after the first when that did not go well', async () => {
    await run('a', 7);
    expect(await run('a', 7)).to.deep.equal({ first: ['taken', 'x'] });
  });

  it('answers for the first when the second fails', async () => {
    expect(await run('a', 'no number')).to.deep.equal({ first: ['yours', 'x'] });
  });
});
