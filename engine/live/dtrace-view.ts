/**
 * DTrace as it stands in a live run: its aggregations up to this moment, what it has dropped, what each clause has cost.
 *
 * The guest's buffers are read where they lie and fed to a copy of the consumer: nothing is switched, cleared or handed over by looking.
 */
import type { ProbeRow } from '../dtrace/index.ts';
import { KVBASE } from '../image/abi.ts';
import { catalogOf } from '../run/dtrace-session.ts';
import type { DtraceView } from '../run/live-view.ts';
import type { LiveMachine } from './live-machine.ts';
import { memberOf } from './threads.ts';

/** DTRACEBUF_INACTIVE: the CPU is not traced. */
const INACTIVE = 0x10;

interface Cost {
  firings: number;
  cycles: number;
}

export class DtraceViewer {
  readonly #live: LiveMachine;
  /** By probe id, of the records before `#upTo` in the order of making. */
  #costs = new Map<number, Cost>();
  #open: { id: number; cycle: number }[][] = [];
  #upTo = 0;

  constructor(live: LiveMachine) {
    this.#live = live;
  }

  view(): Omit<DtraceView, 'output'> {
    const { session } = this.#live;
    const looked = session.dtrace?.look();
    if (looked === undefined) return { aggregations: '', drops: [], clauses: [] };
    const { consumer, program } = looked;
    const drops = new Map<string, number>();
    const state = this.#state();
    if (state !== 0n) {
      for (const [kind, member] of [
        ['principal', 'dts_buffer'],
        ['aggregation', 'dts_aggbuffer'],
      ] as const)
        this.#buffers(state, member, (cpu, bytes, dropped) => {
          drops.set(kind, (drops.get(kind) ?? 0) + dropped);
          if (kind === 'aggregation') consumer.aggsnap(cpu, bytes);
        });
      for (const [kind, member] of [
        ['speculative', 'dts_speculations_busy'],
        ['speculative', 'dts_speculations_unavail'],
      ] as const)
        drops.set(kind, (drops.get(kind) ?? 0) + Number(this.#word(state, 'struct dtrace_state', member)));
    }
    this.#count();
    const catalog = catalogOf(this.#live.machine, session.images[0]);
    const rows = program.ecbs.map((ecb) => catalog.match(ecb.probe));
    const sharers = new Map<number, number>();
    for (const list of rows) for (const { id } of list) sharers.set(id, (sharers.get(id) ?? 0) + 1);
    return {
      aggregations: consumer.aggregationText(),
      drops: [...drops].filter(([, count]) => count > 0).map(([kind, count]) => ({ kind, count })),
      clauses: program.ecbs.map(({ probe }, i) => ({
        probe: [probe.provider, probe.module, probe.func, probe.name].join(':').replace(/^:+/, ''),
        ...this.#sum(rows[i], sharers),
      })),
    };
  }

  /** Clauses of one probe share what its firings cost. */
  #sum(rows: ProbeRow[], sharers: ReadonlyMap<number, number>): Cost {
    const out = { firings: 0, cycles: 0 };
    for (const { id } of rows) {
      const cost = this.#costs.get(id);
      if (cost === undefined) continue;
      out.firings += cost.firings;
      out.cycles += Math.round(cost.cycles / (sharers.get(id) ?? 1));
    }
    return out;
  }

  #word(base: bigint, record: string, member: string): bigint {
    const { machine, session } = this.#live;
    return machine.memory.u64(base + BigInt(memberOf(session.images[0], record, member).offset));
  }

  /** The kernel's state of this run's program; 0: none yet. */
  #state(): bigint {
    const { machine, session } = this.#live;
    const name = session.dtrace?.ghost === true ? 'ghost_state' : 'dtrace_states';
    const symbol = session.images[0].symbols.find((s) => s.name === name);
    if (symbol === undefined) throw new Error(`the kernel image has no ${name}`);
    return machine.memory.u64(KVBASE + BigInt(symbol.addr));
  }

  #buffers(
    state: bigint,
    member: string,
    use: (cpu: number, bytes: Uint8Array, drops: number) => void,
  ): void {
    const { machine, session } = this.#live;
    const { memory } = machine;
    const [kernel] = session.images;
    const at = (name: string) => BigInt(memberOf(kernel, 'struct dtrace_buffer', name).offset);
    const size = BigInt(memberOf(kernel, 'struct dtrace_buffer', 'dtb_pad').offset + 40);
    const first = this.#word(state, 'struct dtrace_state', member);
    if (first === 0n) return;
    for (let cpu = 0; cpu < machine.cpus; cpu++) {
      const b = first + BigInt(cpu) * size;
      const data = memory.u64(b + at('dtb_tomax'));
      const length = Number(memory.u64(b + at('dtb_offset')));
      if (data === 0n || (memory.u32at(b + at('dtb_flags')) & INACTIVE) !== 0) continue;
      use(cpu, memory.bytes(data, length), memory.u32at(b + at('dtb_drops')));
    }
  }

  /** Brings the sums over firings to where the machine stands. */
  #count(): void {
    const { log, session } = this.#live;
    const site = (name: string) => session.sites.findIndex((s) => s.provider === '_trace' && s.name === name);
    const [enter, exit] = [site('dtrace-enter'), site('dtrace-exit')];
    if (log.made < this.#upTo) {
      this.#costs = new Map();
      this.#open = [];
      this.#upTo = 0;
    }
    for (; this.#upTo < log.made; this.#upTo++) {
      const n = this.#upTo;
      const which = log.site(n);
      if (which !== enter && which !== exit) continue;
      this.#open[log.cpu(n)] ??= [];
      const open = this.#open[log.cpu(n)];
      if (which === enter) {
        open.push({ id: log.argument(n, 0)[0], cycle: log.cycle(n) });
        continue;
      }
      const begun = open.pop();
      if (begun === undefined) continue;
      const cost = this.#costs.get(begun.id) ?? { firings: 0, cycles: 0 };
      cost.firings++;
      cost.cycles += log.cycle(n) - begun.cycle;
      this.#costs.set(begun.id, cost);
    }
  }
}
