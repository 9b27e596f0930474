/** The charged firings of a traced run, in the order of (cycle, CPU). */
import { argumentNumber } from '../columns.ts';
import type { TraceReader } from '../read.ts';
import { siteName } from './telling.ts';
import { ThreadNames } from './threads.ts';
import { cpusOf } from './timeline.ts';

export interface Firing {
  /** Counted from 1. */
  number: number;
  seq: number;
  cycle: number;
  cpu: number;
  tid: number;
  /** Thread's creation path. */
  thread: string;
  /** Probe's id in the guest. */
  probe: number;
  /** The recorded site that fired, when the firing follows it at once; else ''. */
  site: string;
  /** Cycles in dtrace_probe(). */
  cycles: number;
}

/** Between a site's own event and dtrace_probe() lies a call; an exception would be longer. */
const CALL_CYCLES = 200;

export function firings(reader: TraceReader): Firing[] {
  const { sites } = reader.header;
  const cpus = cpusOf(reader.header);
  const role = sites.map((s) => (s.provider === '_trace' ? s.name : ''));
  const names = new ThreadNames();
  const out: Firing[] = [];
  const open: (Firing | undefined)[] = new Array(cpus);
  const last = Array.from({ length: cpus }, () => ({ site: -1, cycle: Number.NEGATIVE_INFINITY }));
  for (let n = 0; n < reader.chunks.length; n++) {
    const { columns: e, seq } = reader.chunk(n);
    for (let i = 0; i < e.count; i++) {
      const cpu = e.cpu[i];
      if (cpu >= cpus) continue;
      const cycle = e.cycle[i];
      const what = role[e.site[i]];
      if (what === 'thread-create') names.create(argumentNumber(e, i, 0), argumentNumber(e, i, 2));
      else if (what === 'thread-name') names.name(e, i);
      else if (what === 'dtrace-enter') {
        const before = last[cpu];
        const near = before.site >= 0 && role[before.site] === '' && cycle - before.cycle < CALL_CYCLES;
        const firing: Firing = {
          number: out.length + 1,
          seq: seq + i,
          cycle,
          cpu,
          tid: e.tid[i],
          thread: '',
          probe: argumentNumber(e, i, 0),
          site: near ? siteName(sites[before.site]) : '',
          cycles: 0,
        };
        out.push(firing);
        open[cpu] = firing;
      } else if (what === 'dtrace-exit') {
        const firing = open[cpu];
        if (firing !== undefined) firing.cycles = cycle - firing.cycle;
        open[cpu] = undefined;
      }
      last[cpu] = { site: e.site[i], cycle };
    }
  }
  for (const firing of out) firing.thread = names.identity(firing.tid);
  return out;
}
