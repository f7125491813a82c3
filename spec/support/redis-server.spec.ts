import { expect } from 'chai';
import { isAnswering } from './ports.js';
import { type RedisServer, startRedisServer } from './redis-server.js';

describe('startRedisServer', () => {
  let server: RedisServer;

  beforeEach(async () => {
    server = await startRedisServer();
  });

  afterEach(() => server.stop());

  it('does not answer while it is paused', async () => {
    server.pause();
    expect(await isAnswering(server.port)).to.equal(false);
    server.resume();
    expect(await isAnswering(server.port)).to.equal(true);
  });

  it('comes back on the same port after a kill', async () => {
    const { pid } = server;
    await server.kill();
    expect(await isAnswering(server.port)).to.equal(false);
    await server.restart();
    expect(await isAnswering(server.port)).to.equal(true);
    expect(server.pid).not.to.equal(pid);
  });

  it('tells why a server did not start', async () => {
    const error = await startRedisServer({ args: ['--no-such-directive', 'x'] }).catch(String);
    expect(error).to.contain('Bad directive');
  });
});
