/** The machine itself: opening runs, stepping it forward and back, breaks, values. */
import type {
  BreakSpec,
  LiveControls,
  SearchView,
  StepUnit,
  StopView,
} from '../../../engine/run/live-view.ts';
import { type Command, Complaint, type Host } from '../command.ts';
import { cursor, moveTo, parseFilter, runOf } from '../moving.ts';
import { parseMoment, span } from '../text/words.ts';
import { stackOf } from '../views/source.ts';

const group = 'Machine';
/** Milliseconds in which a frame is drawn for certain. */
const FRAME_MS = 100;
/** Steps that stop at lines of source. */
const LINES: ReadonlySet<StepUnit> = new Set(['line', 'over', 'out']);

function liveOf(host: Host) {
  const live = host.world.side(host.state)?.live;
  if (live === undefined)
    throw new Complaint("a trace can be moved through, not stepped: ':live' executes it again up to here");
  return live;
}

/** The view follows the machine; `words`, asked for when it has, say where that is. */
export function arrived(
  host: Host,
  stop: { cycle: number; cpu: number; reason: string },
  words: () => string = () => '',
): void {
  const side = host.world.side(host.state);
  if (side === undefined) return;
  host.dispatch({ name: 'arrived', text: `${side.run.state.seq} ${stop.cpu}` });
  if (stop.reason === 'end') host.say("the run's end");
  else if (stop.reason === 'start') host.say("the run's beginning");
  else host.say(`${words()}cycle ${stop.cycle} (${span(stop.cycle, side.run.clockHz)}), CPU ${stop.cpu}`);
}

/** The first time that lines are wanted the guest's code is made anew with marks: said before, for nothing moves meanwhile. */
async function marked(host: Host, live: LiveControls): Promise<void> {
  if (live.linesReady) return;
  host.dispatch({ name: 'busy', text: 'making code with line marks, once' });
  await new Promise<void>((resolve) => setTimeout(resolve, FRAME_MS));
  try {
    live.prepareLines();
  } finally {
    host.dispatch({ name: 'busy', text: '' });
  }
}

/** The line that the chosen CPU stands at. The lines of a block have one cycle, so that the cycle alone would not say that it moved. */
function lineWords(host: Host): string {
  const side = host.world.side(host.state);
  const [frame] = side === undefined ? [] : stackOf(host.state, side);
  return frame === undefined ? '' : `${frame.function}() at ${frame.file}:${frame.line}, `;
}

function stepping(unit: StepUnit, keys: [string[], string[]], what: string, bar?: string): Command[] {
  return ([1, -1] as const).map((direction, i) => ({
    name: `${direction > 0 ? 'step' : 'back'}-${unit}`,
    keys: keys[i],
    group,
    help: `${what}${direction > 0 ? '' : ', backward'}`,
    repeat: true,
    bar: i === 0 ? bar : undefined,
    async effect(_text, count, host) {
      const live = liveOf(host);
      if (LINES.has(unit)) await marked(host, live);
      for (let n = 0; n < count; n++) {
        const stop = live.step(unit, direction, host.state.cpu);
        if (n === count - 1 || stop.reason !== 'step') {
          arrived(host, stop, LINES.has(unit) ? () => lineWords(host) : undefined);
          break;
        }
      }
    },
  }));
}

export function breakOf(text: string): BreakSpec {
  const words = text.trim();
  if (words === '')
    throw new Complaint(
      "break where? ':break malloc', ':break kern/kern_mutex.c:118', ':break lock=Giant', ':break /cpu == 2/'",
    );
  if (/^\/.*\/$/.test(words)) return { predicate: words.slice(1, -1).trim() };
  const lock = /^lock=(.+)$/.exec(words);
  if (lock !== null) return { lock: lock[1] };
  if (/^[\w./-]+:\d+$/.test(words)) return { line: words };
  if (/^[A-Za-z_]\w*$/.test(words)) return { function: words };
  return { predicate: words };
}

export const breakText = (spec: BreakSpec): string =>
  spec.function ?? spec.line ?? (spec.lock === undefined ? `/${spec.predicate}/` : `lock=${spec.lock}`);

/** On to the next break: of the machine when it is live, else of the events. */
function continuing(direction: 1 | -1): Command {
  return {
    name: direction > 0 ? 'continue' : 'reverse-continue',
    keys: [direction > 0 ? 'c' : 'C'],
    group,
    help: `${direction > 0 ? 'on' : 'back'} to the ${direction > 0 ? 'next' : 'last'} break`,
    bar: direction > 0 ? 'continue' : undefined,
    async effect(_text, _count, host) {
      const side = host.world.side(host.state);
      if (side?.live === undefined) {
        host.dispatch({ name: direction > 0 ? 'next-break' : 'previous-break' });
        return;
      }
      const { live } = side;
      const { breaks } = host.state;
      if (breaks.some((b) => b.function !== undefined || b.line !== undefined)) await marked(host, live);
      await searching(
        host,
        direction,
        (pause) => live.resuming(direction, breaks, pause),
        (stop) => {
          const spec = stop.break === undefined ? undefined : breaks[stop.break];
          return spec === undefined ? '' : `break ${breakText(spec)} at `;
        },
      );
    },
  };
}

/** Lets the machine search piece by piece, so that the screen shows how far it is and a key stops it. */
async function searching(
  host: Host,
  direction: 1 | -1,
  search: (pause: () => boolean) => SearchView,
  words: (stop: StopView) => string = () => '',
): Promise<void> {
  const side = host.world.side(host.state);
  if (side === undefined) return;
  const { run } = side;
  let over = host.slice();
  const pieces = search(() => over());
  host.interrupted(); // a key that came before means nothing
  try {
    for (;;) {
      over = host.slice();
      const piece = pieces.next();
      if (piece.done === true) {
        arrived(host, piece.value, () => words(piece.value));
        return;
      }
      if (direction > 0) host.dispatch({ name: 'arrived', text: `${run.state.seq} -1` });
      host.dispatch({
        name: 'busy',
        text: `${direction > 0 ? 'running' : 'looking back'}: ${span(piece.value, run.clockHz)} (any key stops)`,
      });
      await new Promise<void>((resolve) => setTimeout(resolve, 4));
      if (host.interrupted()) {
        pieces.return({ reason: 'interrupted', cycle: piece.value, cpu: host.state.cpu });
        host.dispatch({ name: 'arrived', text: `${run.state.seq} -1` });
        host.say(
          direction > 0
            ? `stopped at cycle ${piece.value}`
            : `stopped looking at cycle ${piece.value}; back at where it began`,
        );
        return;
      }
    }
  } finally {
    host.dispatch({ name: 'busy', text: '' });
  }
}

/** What of a break can be seen among a trace's events. */
function eventBreak(direction: 1 | -1): Command {
  return {
    name: direction > 0 ? 'next-break' : 'previous-break',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, _text, _count, world) {
      const run = runOf(state, world);
      if (state.breaks.length === 0) {
        moveTo(state, world, direction > 0 ? run.events : 0);
        return;
      }
      let best: number | undefined;
      for (const spec of state.breaks) {
        if (spec.line !== undefined)
          throw new Complaint(`break ${spec.line}: a trace has no lines; ':live' executes it again`);
        const filter =
          spec.function !== undefined
            ? { site: `${spec.function}:` }
            : spec.lock !== undefined
              ? { lock: lockAddress(run.state, spec.lock) }
              : parseFilter(`${spec.predicate}`, run.sites);
        const found = run.find(filter, cursor(state), direction);
        if (found !== undefined && (best === undefined || (found - best) * direction < 0)) best = found;
      }
      if (best === undefined) throw new Complaint(`no ${direction > 0 ? 'further' : 'earlier'} break`);
      moveTo(state, world, best + 1);
      state.cpu = run.event(best).cpu;
    },
  };
}

function lockAddress(state: { lockNames?: Record<string, string> }, text: string): string {
  if (/^(0x)?[0-9a-f]{8,16}$/i.test(text)) return text.replace(/^0x/i, '');
  const found = Object.entries(state.lockNames ?? {}).find(([, name]) => name === text);
  if (found === undefined) throw new Complaint(`no lock '${text}' so far`);
  return found[0];
}

export const liveCommands: Command[] = [
  ...stepping('line', [['s'], ['S']], 'step a source line', 'line'),
  ...stepping('over', [['o'], ['O']], 'step a line, over calls'),
  ...stepping('out', [['u'], ['U']], 'out of the function'),
  ...stepping('block', [['i'], ['I']], 'step a basic block'),
  ...stepping('event', [[], []], 'step the machine to the next event'),
  ...stepping('tick', [[], []], 'step the machine to the next timer tick'),
  ...stepping('firing', [[], []], 'step the machine to the next probe firing'),
  ...stepping('syscall', [[], []], 'step the machine to the next system call'),
  continuing(1),
  continuing(-1),
  eventBreak(1),
  eventBreak(-1),
  {
    name: 'arrived',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text, _count, world) {
      const [seq, cpu] = text.split(' ').map(Number);
      state.frame = 0;
      state.scroll.source = undefined;
      if (seq !== state.now[state.side]) moveTo(state, world, seq, false);
      if (cpu >= 0) state.cpu = cpu;
    },
  },
  {
    name: 'busy',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text) {
      state.busy = text;
    },
  },
  {
    name: 'run-to',
    keys: [],
    group,
    argument: 'TIME',
    help: "run the machine to a time: ':run-to 120ms'",
    async effect(text, _count, host) {
      const live = liveOf(host);
      const run = runOf(host.state, host.world);
      const cycle = parseMoment(text, run.clockHz);
      if (cycle === undefined) throw new Complaint(`'${text}' is no time: write 12.5ms, 300us, or cycles`);
      const direction = cycle >= live.cycle ? 1 : -1;
      await searching(host, direction, (pause) => live.runningTo(cycle, pause));
    },
  },
  {
    name: 'break',
    keys: ['b'],
    group,
    argument: 'WHERE',
    ask: true,
    help: 'stop there: a function, FILE:LINE, lock=NAME, or a /predicate/; it goes when named again',
    complete(state, world) {
      const side = world.side(state);
      return [
        ...state.breaks.map(breakText),
        ...(side === undefined ? [] : [`lock=${state.lock === '' ? '' : state.lock}`]),
      ];
    },
    reduce(state, text, _count, world) {
      const spec = breakOf(text);
      const words = breakText(spec);
      if (!state.breaks.some((b) => breakText(b) === words)) world.side(state)?.live?.checkBreak(spec);
      const before = state.breaks.length;
      state.breaks = state.breaks.filter((b) => breakText(b) !== words);
      if (state.breaks.length === before) state.breaks.push(spec);
      state.message = {
        kind: 'info',
        text: state.breaks.length === 0 ? 'no breaks' : `breaks: ${state.breaks.map(breakText).join(', ')}`,
      };
    },
  },
  {
    name: 'watch',
    keys: ['w'],
    group,
    help: 'stop at every event of the selected lock; again: no more',
    views: ['locks', 'events', 'threads', 'diff'],
    effect(_text, _count, host) {
      const lock = host.state.lock;
      if (lock === '') throw new Complaint('select a lock first (view 4)');
      host.dispatch({ name: 'break', text: `lock=${lock}` });
    },
  },
  {
    name: 'print',
    keys: ['P'],
    group,
    argument: 'EXPRESSION',
    ask: true,
    help: "value of a D expression on the chosen CPU: 'curthread->td_name'",
    effect(text, _count, host) {
      host.say(`${text} = ${liveOf(host).evaluate(text, host.state.cpu).replaceAll('\n', ' ')}`);
    },
  },
  {
    name: 'memory',
    keys: [],
    group,
    argument: 'ADDRESS [BYTES]',
    help: 'bytes of guest memory, at most 64',
    effect(text, _count, host) {
      const [address, length] = text.trim().split(/\s+/);
      if (!/^(0x)?[0-9a-f]+$/i.test(address)) throw new Complaint(`'${address}' is no address`);
      const bytes = liveOf(host).memory(
        BigInt(`0x${address.replace(/^0x/i, '')}`),
        Math.min(64, Number(length) || 16),
      );
      host.say([...bytes].map((b) => b.toString(16).padStart(2, '0')).join(' '));
    },
  },
  {
    name: 'live',
    keys: [],
    group,
    help: 'execute this trace again up to here and go on live',
    effect: (_text, _count, host) => host.goLive(),
  },
  {
    name: 'open',
    keys: ['8'],
    group: 'Views',
    argument: 'TRACE|SCENARIO [TRACE]',
    help: 'open a trace, a pair of traces, or a scenario as a live machine',
    complete: (_state, world) => world.catalog.map(({ name }) => name),
    effect: async (text, _count, host) => {
      if (text === '') host.dispatch({ name: 'view', text: 'open' });
      else
        await host.open(
          text
            .trim()
            .split(/\s+/)
            .filter((w) => w !== ''),
        );
    },
  },
  {
    name: 'tag',
    keys: ['space'],
    group,
    views: ['open'],
    help: 'choose a trace for a pair; Enter then opens both',
    bar: 'choose for a pair',
    reduce(state, _text, _count, world) {
      const entry = world.catalog[state.entry];
      if (entry === undefined) return;
      if (entry.kind !== 'trace') throw new Complaint('a pair is two traces');
      state.tagged = state.tagged.includes(entry.name)
        ? state.tagged.filter((n) => n !== entry.name)
        : [...state.tagged, entry.name].slice(-2);
    },
  },
];
