import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { withoutPackages } from '../support/without-packages.js';

describe('importing qx-cache/http', () => {
  it('needs no framework, no mediator and no container, and opens nothing', async () => {
    const missing = ['fastify', 'express', 'hono', 'mediatr-ts', 'inversify', 'reflect-metadata'];
    const file = new URL('../../src/http/index.ts', import.meta.url);
    const code = `console.log(Object.keys(await import('${file}')).includes('fastifyIdempotency'))`;
    const imports = ['--import', 'tsx', '--import', withoutPackages(...missing)];
    const args = [...imports, '--input-type=module', '--eval', code];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).to.equal('true\n');
  });
});
