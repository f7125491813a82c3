#!/usr/bin/env node
import { once } from 'node:events';
import { runCli } from './run-cli.js';

// Who reads a pipe may have seen enough (`… | head`): no error, and nobody left to tell.
process.stdout.on('error', () => process.exit());

process.exitCode = await runCli(process.argv.slice(2), process);
// A module that `policy` imported may have opened something that would keep the process alive.
if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
process.exit();
