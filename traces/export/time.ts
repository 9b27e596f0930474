/** Cycles as nanoseconds since power-on: whole ones, exact (rounded down). */
export function nanosecondsOf(clockHz: number): (cycle: number) => bigint {
  const hz = BigInt(Math.round(clockHz));
  return (cycle) => (BigInt(cycle) * 1_000_000_000n) / hz;
}
