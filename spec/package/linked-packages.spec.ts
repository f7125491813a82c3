import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';

const setUp = '../../scripts/setup/packages.mjs';

describe('The set-up, where node_modules is a link', () => {
  it('installs nothing, and leaves alone what others have there', async () => {
    const { installPackages } = (await import(setUp)) as { installPackages(folder: string): void };
    const folder = await mkdtemp(join(tmpdir(), 'qx-cache-set-up-'));
    try {
      const theirs = join(folder, 'theirs', 'a-package');
      const project = join(folder, 'project');
      await mkdir(theirs, { recursive: true });
      await mkdir(project);
      await symlink(join(folder, 'theirs'), join(project, 'node_modules'), 'junction');
      const manifest = { name: 'project', version: '1.0.0' };
      const lock = { ...manifest, lockfileVersion: 3, packages: { '': manifest } };
      await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
      await writeFile(join(project, 'package-lock.json'), JSON.stringify(lock));
      const install = () => installPackages(`${pathToFileURL(project)}/`);
      expect(install).to.throw(/node_modules is a link/);
      expect(existsSync(theirs)).to.equal(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
