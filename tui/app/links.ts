/**
 * Where a value of an event comes from: the event that set it. A lock's value leads to the one that acquired it, a wakeup to the sleep that it
 * ends, an exit to its entry, memory that is freed to its allocation, a thread to what it did last.
 */
import type { EventFilter, EventView, RunView } from '../../traces/playback/run-view.ts';
import type { ArgumentWords } from './text/describe.ts';

export interface Link {
  /** What is there: 'acquired by', 'entered'. */
  words: string;
  /** Looks at most so many events away, when that is said. */
  find(run: RunView, reach?: number): number | undefined;
}

const before = (run: RunView, event: EventView, filter: EventFilter, reach?: number) =>
  run.find(filter, event.seq, -1, reach);

/** Of a whole event. */
export function eventLinks(run: RunView, event: EventView): Link[] {
  const site = run.sites[event.site];
  if (site === undefined) return [];
  const own = `tid == ${event.tid}`;
  const name = `${site.provider}:${site.name}`;
  const out: Link[] = [];
  if (site.provider === 'syscall' && site.name === 'return')
    out.push({
      words: 'entered',
      find: (r, reach) => before(r, event, { site: `syscall::${site.function}:entry`, where: own }, reach),
    });
  if (site.provider === 'syscall' && site.name === 'entry')
    out.push({
      words: 'returns',
      find: (r, reach) =>
        r.find({ site: `syscall::${site.function}:return`, where: own }, event.seq, 1, reach),
    });
  if (name === '_trace:intr-exit')
    out.push({
      words: 'began',
      find: (r, reach) => before(r, event, { site: '_trace:::intr-entry', cpu: event.cpu }, reach),
    });
  if (name === '_trace:dtrace-exit')
    out.push({
      words: 'fired',
      find: (r, reach) => before(r, event, { site: '_trace:::dtrace-enter', cpu: event.cpu }, reach),
    });
  if (name === '_trace:dtrace-enter') {
    out.push({ words: 'probe site', find: (r, reach) => before(r, event, { cpu: event.cpu }, reach) });
    out.push({
      words: 'done',
      find: (r, reach) => r.find({ site: '_trace:::dtrace-exit', cpu: event.cpu }, event.seq, 1, reach),
    });
  }
  if (site.provider === 'sched' && site.name === 'on-cpu')
    out.push({
      words: 'woken',
      find: (r, reach) => before(r, event, { site: '_trace:::wakeup', where: `arg0 == ${event.tid}` }, reach),
    });
  if (site.provider === 'lockstat') {
    const lock = event.args[0]?.toString(16);
    if (lock !== undefined && /-(block|spin)$/.test(site.name))
      out.push({
        words: 'began to wait',
        find: (r, reach) => before(r, event, { site: '_trace:::lock-wait', where: own, lock }, reach),
      });
    if (lock !== undefined && /-acquire$/.test(site.name))
      out.push({
        words: 'releases',
        find: (r, reach) => r.find({ site: 'lockstat:::*-release', where: own, lock }, event.seq, 1, reach),
      });
  }
  out.push({ words: "thread's event before", find: (r, reach) => before(r, event, { where: own }, reach) });
  return out;
}

/** Of one argument. */
export function argumentLink(run: RunView, event: EventView, argument: ArgumentWords): Link | undefined {
  const site = run.sites[event.site];
  if (site === undefined) return undefined;
  switch (argument.kind) {
    case 'lock': {
      const lock = argument.value.toString(16);
      return {
        words: 'acquired',
        find: (r, reach) => before(r, event, { site: 'lockstat:::*-acquire', lock }, reach),
      };
    }
    case 'thread': {
      const tid = Number(argument.value);
      if (tid === 0) return undefined;
      if (site.name === 'wakeup')
        return {
          words: 'went to sleep',
          find: (r, reach) => before(r, event, { site: '_trace:::switch', where: `arg0 == ${tid}` }, reach),
        };
      return {
        words: 'its last event',
        find: (r, reach) => before(r, event, { where: `tid == ${tid}` }, reach),
      };
    }
    case 'address':
      if (site.provider === 'dtmalloc' && site.name === 'free')
        return {
          words: 'allocated',
          find: (r, reach) =>
            before(
              r,
              event,
              {
                site: `dtmalloc::${site.function}:malloc`,
                where: `arg${argument.label.slice(-1)} == ${argument.value}`,
              },
              reach,
            ),
        };
      if (argument.value === 0n || !/^arg\d$/.test(argument.label)) return undefined;
      return {
        words: 'seen before',
        find: (r, reach) =>
          before(r, event, { where: `arg0 == ${argument.value} || arg1 == ${argument.value}` }, reach),
      };
    default:
      return undefined;
  }
}
