import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { withoutPackages } from '../support/without-packages.js';
import { startWorker } from '../support/worker.js';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

const plugin = ['mediatr-ts', 'inversify', 'reflect-metadata'];

interface Report {
  opened: string[];
  reason: string | false;
  message: string;
  hasMetadata: boolean;
}

describe('importing what the package exports', () => {
  it('leaves alone what only the command line needs', () => {
    const targets = Object.values<{ types?: string }>(manifest.exports);
    const imports = targets.flatMap(({ types }) => {
      const file = types?.replace(/^\.\/dist\/(.*)\.d\.ts$/, '../../src/$1.ts');
      return file ? [`await import(${JSON.stringify(new URL(file, import.meta.url))});`] : [];
    });
    expect(imports.length).to.be.above(2);
    const missing = withoutPackages('commander', 'cli-table3');
    const flags = ['--import', 'tsx', '--import', missing, '--input-type=module', '--eval'];
    const output = execFileSync(process.execPath, [...flags, imports.join('\n')], {
      encoding: 'utf8',
    });
    expect(output).to.equal('');
  });
});

describe('importing the core', () => {
  let report: Report;
  let exitCode: number | NodeJS.Signals;

  before(async () => {
    const NODE_OPTIONS = `--import ${withoutPackages(...plugin, 'ioredis-mock')}`;
    const file = new URL('../redis/core-only.worker.ts', import.meta.url);
    const worker = startWorker<never, Report>(file, [], { env: { NODE_OPTIONS } });
    report = await worker.next();
    exitCode = await worker.exited;
  });

  it('needs neither mediatr-ts nor inversify nor reflect-metadata', () => {
    expect(report.hasMetadata).to.equal(false);
  });

  it('opens nothing, and lets the process end', () => {
    expect(report.opened).to.deep.equal([]);
    expect(exitCode).to.equal(0);
  });

  it('leaves ioredis-mock to those who ask for memory://, and tells them its name', () => {
    expect(report.reason).to.equal('unsupported');
    expect(report.message).to.match(/needs the package ioredis-mock/);
  });
});
