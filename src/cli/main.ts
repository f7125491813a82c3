#!/usr/bin/env node
import { runCli } from './run-cli.js';

// Who reads a pipe may have seen enough (`… | head`): no error, and nobody left to tell.
process.stdout.on('error', () => process.exit());

// ioredis says so to a user without INFO: nothing that anybody here could do with.
const { warn } = console;
console.warn = (...words) => {
  if (!String(words[0]).startsWith('Skipping the ready check')) warn(...words);
};

process.exitCode = await runCli(process.argv.slice(2), process);
// A module that `policy` imported may have opened something that would keep the process alive.
for (const stream of [process.stdout, process.stderr]) {
  // What is written last is done when all before it is.
  if (stream.writableLength > 0) await new Promise((done) => stream.write('', done));
}
process.exit();
