/** Opening what a person names: a trace, a pair of traces, a scenario as a live machine; the notes beside a trace; what there is to open. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { loadScenario, scenarioNames } from '../../engine/run/scenario.ts';
import type { SessionHooks } from '../../engine/run/session.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { traceInputs } from '../../traces/inputs.ts';
import { Playback } from '../../traces/playback/playback.ts';
import { TraceError, TraceReader } from '../../traces/read.ts';
import { recordedImages } from '../../traces/sources.ts';
import { Complaint } from './command.ts';
import { seqAt } from './commands/move.ts';
import { cycleAt } from './moving.ts';
import type { Note, SideIndex, UiState } from './state.ts';
import { count, duration } from './text/words.ts';
import { type CatalogEntry, pathOf, type Side, type World } from './world.ts';

/** Inputs of a scenario's run, from the options of the command line. */
export type InputsOf = (scenario: string) => RunInputs;

/** Cycles that a re-execution runs before the screen shows how far it is. */
const SLICE_MS = 60;
/** Milliseconds in which a frame is drawn for certain. */
const FRAME_MS = 100;
/** Events that are compared when a trace goes live. */
const SAMPLES = 64;
/** Traces that the Open view looks into. */
const LISTED = 200;

export function traceSide(path: string): Side {
  const reader = new TraceReader(path);
  const run = new Playback(reader);
  const inputs = reader.header.inputs as Partial<RunInputs>;
  const side: Side = {
    run,
    sources: {},
    program: programOf(inputs),
    probeName: (id) => (Object.hasOwn(reader.probes, id) ? reader.probes[id] : undefined),
    loadSymbols() {
      run.symbol(0n);
      side.symbol = (address) => run.symbol(address);
    },
    warning:
      reader.end === undefined
        ? `${path}: cut short at event ${count(reader.events)} (${reader.damage}); here is what there is`
        : undefined,
    inputs: () => traceInputs(reader),
    goLive: () => liveSide(traceInputs(reader), undefined, recordedImages(reader.header.sources)),
  };
  // Sources are a part of the file of their own, read when they are looked at.
  Object.defineProperty(side, 'sources', { get: () => reader.header.sources });
  return side;
}

function programOf(inputs: Partial<RunInputs>): string {
  const dtrace = inputs.dtrace as { argv?: string[] } | undefined;
  return (dtrace?.argv ?? []).map((word) => (/[\s{}]/.test(word) ? `'${word}'` : word)).join(' ');
}

/** `image`: what is executed in the place of what is installed (SessionHooks.image). */
export async function liveSide(
  inputs: RunInputs,
  progress?: (cycle: number) => boolean,
  image?: SessionHooks['image'],
): Promise<Side> {
  const { LiveRun } = await import('../../traces/live/live-run.ts');
  const run = await LiveRun.open(inputs, { progress, hooks: { image } });
  const sources = Object.fromEntries(run.live.session.images.map((image) => [image.name, image.sources]));
  return {
    run,
    live: run,
    sources,
    program: programOf(inputs),
    symbol: (address) => run.symbol(address),
    inputs: () => run.live.session.inputs,
  };
}

const isTrace = (name: string): boolean => /\.trace$/.test(name) || existsSync(name);

/** Throws what can be said of the names at once. */
export function checkNames(names: string[]): void {
  for (const name of names)
    if (isTrace(name)) new TraceReader(name).close();
    else if (names.length > 1 || !scenarioNames().includes(name))
      throw new UserError(`${name}: no such trace or scenario ('probelab list scenarios' names them)`);
}

/** Puts what is named into the world. Throws UserError, TraceError, the system's error; the world then stays as it was. */
export async function openNames(names: string[], world: World, inputsOf: InputsOf): Promise<void> {
  if (names.length === 0 || names.length > 2)
    throw new Complaint('open one trace, two traces, or a scenario');
  if (names.length === 2) {
    await new Promise<void>((resolve) => setTimeout(resolve, FRAME_MS)); // a frame that says what comes
    await openPair(names, world);
    return;
  }
  const [name] = names;
  if (isTrace(name)) world.replace([traceSide(name)], undefined);
  else {
    if (!scenarioNames().includes(name))
      throw new UserError(`${name}: no such trace or scenario ('probelab list scenarios' names them)`);
    await new Promise<void>((resolve) => setTimeout(resolve, FRAME_MS));
    world.replace([await liveSide(inputsOf(name))], undefined);
  }
}

async function openPair(names: string[], world: World): Promise<void> {
  const sides: Side[] = [];
  try {
    for (const name of names) sides.push(traceSide(name));
    const { compareRuns } = await import('../../traces/diff/compare.ts');
    const [a, b] = sides.map(({ run }) => (run as Playback).reader);
    world.replace(sides, compareRuns(a, b));
  } catch (error) {
    for (const { run } of sides) run.close();
    // It takes every event to compare; looking at them does not.
    if (error instanceof TraceError && sides.length === names.length)
      throw new TraceError(`${error.message}; it can be opened, but only alone`);
    throw error;
  }
}

/** The side looked at becomes a live machine at the same moment. Returns its position: a recording may begin later than its run. */
export async function goLive(
  state: UiState,
  world: World,
  progress: (cycle: number) => boolean,
): Promise<number> {
  const side = world.side(state);
  if (side === undefined) throw new Complaint('no run is open');
  if (side.live !== undefined) throw new Complaint('this run is live already');
  if (side.goLive === undefined) throw new Complaint('this trace cannot be executed again');
  const seq = state.now[state.side];
  const cycle = cycleAt(side.run, seq);
  const live = await side.goLive();
  const controls = live.live;
  if (controls === undefined) return seq;
  let target = live.run.state.cycle;
  let step = live.run.clockHz / 50;
  while (target < cycle) {
    const started = performance.now();
    target = Math.min(cycle, target + step);
    const stop = controls.runTo(target);
    step = Math.max(1000, step * Math.min(4, SLICE_MS / Math.max(1, performance.now() - started)));
    if (stop.reason === 'end') break;
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
    if (progress(target)) throw new Complaint('stopped');
  }
  const offset = seq === 0 ? 0 : seqAt(live.run, side.run.event(0).cycle - 1);
  // A sample: when another version executes it, the run soon is another one.
  for (let n = 0; n <= SAMPLES; n++) {
    const at = Math.floor(((seq - 1) * n) / SAMPLES);
    if (at < 0) break;
    const then = at + offset;
    const [a, b] = [side.run.event(at), then < live.run.events ? live.run.event(then) : undefined];
    if (b === undefined || a.cycle !== b.cycle || a.tid !== b.tid || a.cpu !== b.cpu)
      throw new Complaint(
        `executed again, the run is another one by event ${at}: probelab has changed since (probelab replay --verify says how)`,
      );
  }
  live.run.goto(seq + offset);
  if (offset === 0) live.origin = pathOf(side);
  const sides = [...world.sides];
  sides[state.side] = live;
  // The pair's difference is of the traces' events, and the live run has the same ones.
  world.replace(sides, offset === 0 ? world.diff : undefined);
  return seq + offset;
}

function notesPath(side: Side): string | undefined {
  const path = pathOf(side);
  return path === undefined ? undefined : `${path}.notes.json`;
}

/** Notes are kept beside each trace. A file that is none of ours is left alone. */
export function readNotes(world: World): Note[] {
  return world.sides.flatMap((side, i) => {
    const path = notesPath(side);
    if (path === undefined || !existsSync(path)) return [];
    try {
      const list: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (!Array.isArray(list)) return [];
      return list.flatMap((note: { seq?: unknown; text?: unknown }) =>
        Number.isSafeInteger(note?.seq) && typeof note.text === 'string'
          ? [{ side: i as SideIndex, seq: note.seq as number, text: note.text }]
          : [],
      );
    } catch {
      return [];
    }
  });
}

export function saveNotes(state: UiState, world: World): void {
  world.sides.forEach((side, i) => {
    const path = notesPath(side);
    const own = state.notes.filter((note) => note.side === i).map(({ seq, text }) => ({ seq, text }));
    if (path === undefined || (own.length === 0 && !existsSync(path))) return;
    writeFileSync(path, `${JSON.stringify(own, null, 2)}\n`);
  });
}

/** Traces here and in out/, then the scenarios. */
export function catalog(): CatalogEntry[] {
  const traces = ['.', 'out'].flatMap((folder) => {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith('.trace'))
        .sort()
        .map((name) => (folder === '.' ? name : `${folder}/${name}`));
    } catch {
      return [];
    }
  });
  return [
    ...traces
      .slice(0, LISTED)
      .map((name): CatalogEntry => ({ kind: 'trace', name, description: describe(name) })),
    ...scenarioNames().map(
      (name): CatalogEntry => ({ kind: 'scenario', name, description: loadScenario(name).description }),
    ),
  ];
}

function describe(path: string): string {
  let reader: TraceReader;
  try {
    reader = new TraceReader(path);
  } catch (error) {
    return (error as Error).message.replace(`${path}: `, '');
  }
  try {
    const inputs = reader.header.inputs as Partial<RunInputs>;
    const { scenario } = inputs;
    const program = programOf(inputs);
    const last = reader.chunks.at(-1)?.lastCycle ?? 0;
    return [
      `${count(reader.events)} events, ${duration((last / reader.header.clockHz) * 1e9)}, ${reader.header.cpus} CPU${reader.header.cpus === 1 ? '' : 's'}`,
      program === '' ? 'untraced' : program,
      scenario?.description ?? scenario?.name ?? '',
    ].join('; ');
  } finally {
    reader.close();
  }
}
