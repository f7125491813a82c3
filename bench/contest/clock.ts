/** A monotonic clock in milliseconds, the same for all processes of this machine. */
export function machineNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
