import { stopSharedServer } from './shared-server.js';

const SECONDS_TO_END = 10;

/** Root hooks: mocha runs them once around all spec files. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    await stopSharedServer();
    setTimeout(reportLeak, SECONDS_TO_END * 1000).unref();
  },
};

/** Mocha waits for what is still open, which may be for ever. Better to say what it is, and fail. */
function reportLeak(): void {
  const open = process.getActiveResourcesInfo().join(', ');
  console.error(`\nStill open ${SECONDS_TO_END} seconds after the last test: ${open}`);
  console.error('Some test leaks a connection, a timer or a process. Run spec files one by one.');
  process.exit(1);
}
