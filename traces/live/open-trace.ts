/**
 * From a recorded trace to a live machine: its inputs are executed again up to a cycle, from the sources in the trace, and what happens on the way
 * is compared with what was recorded. From there on the run is live.
 */
import { UserError } from '../../engine/run/user-error.ts';
import { argument } from '../columns.ts';
import { traceInputs } from '../inputs.ts';
import type { TraceReader } from '../read.ts';
import { recordedImages } from '../sources.ts';
import { LiveRun, type LiveRunOptions } from './live-run.ts';

/** Throws UserError when the run goes another way than the recorded one (the engine has changed since). */
export async function openTraceAt(
  reader: TraceReader,
  cycle: number,
  options: LiveRunOptions = {},
): Promise<LiveRun> {
  const run = await LiveRun.openAt(traceInputs(reader), cycle, {
    ...options,
    hooks: { image: recordedImages(reader.header.sources), ...options.hooks },
  });
  const { log, settled } = run.live;
  // A recording may begin later than its run.
  let seq = reader.chunks.length === 0 ? 0 : log.countAt(reader.chunks[0].firstCycle - 1);
  for (let n = 0; n < reader.chunks.length && reader.chunks[n].firstCycle < settled; n++) {
    const { columns: e } = reader.chunk(n);
    for (let i = 0; i < e.count && e.cycle[i] < Math.min(settled, cycle + 1); i++, seq++) {
      const k = log.atSeq(seq);
      const same =
        seq < log.length &&
        log.cycle(k) === e.cycle[i] &&
        log.cpu(k) === e.cpu[i] &&
        log.tid(k) === e.tid[i] &&
        log.site(k) === e.site[i] &&
        reader.header.sites[e.site[i]].args.slice(0, 5).every((_, a) => {
          const [low, high] = log.argument(k, a);
          return argument(e, i, a) === ((BigInt(high) << 32n) | BigInt(low));
        });
      if (!same)
        throw new UserError(
          `${reader.path}: executed again, the run is another one from event ${seq} (cycle ${e.cycle[i]}) on: probelab has changed since (probelab replay --verify says how)`,
          1,
        );
    }
  }
  return run;
}
