import { parseOptions, usage } from './chaos-options.js';
import { breachCount, printReport } from './print-report.js';
import { runChaos } from './run-chaos.js';

const options = optionsOrUsage();
const { seed, seconds, processes, workloads } = options;
console.log(`Chaos with seed ${seed}`);
console.log(
  `${processes} processes for ${seconds} s: ${workloads.map(({ name }) => name).join(', ')}`,
);
const report = await runChaos(options);
printReport(report);
if (report.dir) console.log(`\nThe histories are in ${report.dir}`);
console.log(`\nSeed ${seed}: ${breachCount(report)} broken promises`);
if (breachCount(report) > 0) process.exitCode = 1;

function optionsOrUsage() {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}
