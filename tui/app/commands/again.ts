/** What executions find out, or make: the measured ledger, the deciding firing, forks. They go on beside the screen and can be stopped. */
import { existsSync } from 'node:fs';
import { checkFork, type Fork } from '../../../engine/run/forks.ts';
import { OUTCOMES, type Outcome } from '../../../traces/diff/outcome.ts';
import { type Command, Complaint, type Host } from '../command.ts';
import { cycleAt } from '../moving.ts';
import type { SideIndex } from '../state.ts';
import { pathOf, type World } from '../world.ts';
import { openPrompt } from './prompt.ts';

const group = 'Executing again';
/** Asks for the first firing that decides. */
const SMALLEST = 'smallest';

/** The pair's difference. */
function pairOf(world: World) {
  const { diff } = world;
  if (diff === undefined || world.sides.length < 2)
    throw new Complaint('this wants a pair: an untraced run and a traced one');
  return diff;
}

const isTraced = (world: World, side: SideIndex): boolean =>
  world.sides[side].inputs?.().dtrace !== undefined;

function measure(host: Host): Promise<void> {
  const { world } = host;
  const diff = pairOf(world);
  if (!isTraced(world, 1))
    throw new Complaint(
      isTraced(world, 0)
        ? `the second run must be the traced one: ':open ${diff.titleB} ${diff.titleA}'`
        : 'neither run was traced: there are no charges to measure',
    );
  const { ledger, pairs } = diff;
  return host.job(
    'measured ledger',
    { kind: 'ledger', traced: diff.titleB, diff: { ledger, pairs } },
    (result) => {
      if (world.diff !== diff) return;
      world.measured = result;
      host.dispatch({ name: 'show-ledger', text: 'measured' });
      host.say(`measured by executing without ${result.charges.join(', without ')}`, 'good');
    },
  );
}

/** A fork's change, from the words of the command. Throws Complaint. */
export function forkOf(text: string): Omit<Fork, 'cycle'> {
  const [, what = '', value = ''] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
  if (what === 'seed') {
    if (!/^\d{1,15}$/.test(value)) throw new Complaint(`fork seed '${value}': a whole number is expected`);
    return { seed: Number(value) };
  }
  if (what === 'suppress') return { suppress: value.split(/[\s,]+/).filter((w) => w !== '') };
  if (what === 'program') {
    if (value === '')
      throw new Complaint("fork program: which? ':fork program syscall:::entry { @ = count(); }'");
    const quoted = /^'(.*)'$/s.exec(value);
    return { dtrace: { argv: ['-n', quoted?.[1] ?? value], files: {}, endsRun: false } };
  }
  throw new Complaint("fork: 'seed N', 'suppress probe', or 'program D-PROGRAM'");
}

/** A name that no file has. */
function freeName(stem: string, word: string): string {
  for (let n = 1; ; n++) {
    const path = `${stem}.${word}${n}.trace`;
    if (!existsSync(path)) return path;
  }
}

async function fork(text: string, host: Host): Promise<void> {
  const { state, world } = host;
  const side = world.side(state);
  if (side?.inputs === undefined) throw new Complaint('no run is open that could be executed again');
  const change = forkOf(text);
  const { run } = side;
  const inputs = side.inputs();
  const cycle = Math.floor(side.live?.cycle ?? cycleAt(run, state.now[state.side]));
  if (cycle <= 0) throw new Complaint('nothing has happened yet: go to where the futures should part');
  if (run.ended && state.now[state.side] >= run.events)
    throw new Complaint('the run ends here: go back first');
  const branch = { ...change, cycle };
  checkFork(branch, inputs.forks ?? []);
  const recorded = pathOf(side);
  const stem = (recorded ?? run.title).replace(/\.trace$/, '');
  const path = freeName(stem, 'fork');
  // A trace is its own other future; that of a live machine has to be recorded as well.
  const base = recorded ?? freeName(stem, 'run');
  const cycles = Math.max(run.endCycle, cycle, 1);
  const runs = [
    ...(recorded !== undefined ? [] : [{ inputs, path: base, cycles }]),
    {
      inputs: { ...inputs, forks: [...(inputs.forks ?? []), branch] },
      path,
      cycles,
      ...(recorded === undefined ? {} : { of: recorded }),
    },
  ];
  await host.job('fork', { kind: 'record', runs }, () => {
    world.forgetCatalog();
    host.say(`the fork is ${path}`, 'good');
    host.dispatch({ name: 'offer', text: `open ${base} ${path}` });
  });
}

export const againCommands: Command[] = [
  {
    name: 'ledger',
    keys: ['e'],
    group,
    views: ['diff'],
    argument: 'counted|measured',
    help: 'the ledger by executing again without single charges, or by counting',
    bar: 'measure',
    complete: () => ['counted', 'measured'],
    effect(text, _count, host) {
      pairOf(host.world);
      const wanted = text !== '' ? text : host.state.ledger === 'measured' ? 'counted' : 'measured';
      if (wanted !== 'counted' && wanted !== 'measured')
        throw new Complaint(`ledger ${text}: 'counted' or 'measured'`);
      if (wanted === 'measured' && host.world.measured === undefined) return measure(host);
      host.dispatch({ name: 'show-ledger', text: wanted });
    },
  },
  {
    name: 'show-ledger',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text) {
      state.ledger = text === 'measured' ? 'measured' : 'counted';
      if (state.view === 'diff') state.pane = 1;
    },
  },
  {
    name: 'deciding',
    keys: ['E'],
    group,
    views: ['diff'],
    argument: `[${OUTCOMES.join('|')}] [${SMALLEST}]`,
    help: `find the firing that made the traced run end differently; ${SMALLEST}: the first such one, by executing all before it`,
    bar: 'deciding firing',
    complete: () => [...OUTCOMES, SMALLEST],
    effect(text, _count, host) {
      const { world } = host;
      const diff = pairOf(world);
      const words = text.split(/[\s,]+/).filter((w) => w !== '');
      const smallest = words.includes(SMALLEST);
      const outcomes = words.filter((w) => w !== SMALLEST);
      for (const word of outcomes)
        if (!(OUTCOMES as readonly string[]).includes(word))
          throw new Complaint(`deciding ${word}: there are ${OUTCOMES.join(', ')}, and ${SMALLEST}`);
      const side = isTraced(world, 1) ? 1 : isTraced(world, 0) ? 0 : undefined;
      if (side === undefined) throw new Complaint('neither run was traced: no firing decided anything');
      const traced = side === 1 ? diff.titleB : diff.titleA;
      return host.job(
        'deciding firing',
        {
          kind: 'deciding',
          traced,
          smallest,
          ...(outcomes.length === 0 ? {} : { outcomes: outcomes as Outcome[] }),
        },
        (result) => {
          if (world.diff !== diff) return;
          world.decision = { ...result, side };
          host.dispatch({ name: 'show-decision' });
          host.say(
            result.firing === undefined
              ? 'no firing decided how the run ends'
              : `firing ${result.firing.number} of ${result.firings} decided, found in ${result.runs} executions`,
            'good',
          );
        },
      );
    },
  },
  {
    name: 'show-decision',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state) {
      if (state.view === 'diff') state.pane = 2;
      state.link = 0;
    },
  },
  {
    name: 'show-firing',
    keys: [],
    group,
    help: '',
    internal: true,
    effect(_text, _count, host) {
      const { decision } = host.world;
      if (decision?.firing === undefined) throw new Complaint("no deciding firing yet: ':deciding' finds it");
      if (host.state.side !== decision.side) host.dispatch({ name: 'swap' });
      host.dispatch({ name: 'event', text: String(decision.firing.seq) });
    },
  },
  {
    name: 'fork',
    keys: ['r'],
    group,
    argument: 'seed N|suppress probe|program D-PROGRAM',
    ask: true,
    help: "another future from here on, as a trace: ':fork seed 7', ':fork program io:::start { @ = count(); }'",
    complete: () => ['seed', 'suppress probe', 'program'],
    effect: (text, _count, host) => fork(text, host),
  },
  {
    name: 'offer',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text) {
      const hint = 'the fork is recorded: Enter opens both futures and their difference, Esc stays here';
      // Who is typing already is not disturbed: it is in the history.
      if (state.prompt === null && state.help === null) openPrompt(state, 'command', text, hint);
      else state.past.command = [...state.past.command, text];
    },
  },
  {
    name: 'stop',
    keys: [],
    group,
    help: 'stop what goes on beside the screen (^C)',
    effect: (_text, _count, host) => host.stopJob(),
  },
];
