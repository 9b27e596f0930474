/** The part of the frame measurements that needs Ink; loaded after NODE_ENV is set. */
import { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Instance, render } from 'ink';
import { compareRuns } from '../../traces/diff/compare.ts';
import { TraceReader } from '../../traces/read.ts';
import { App, Frames } from '../app/app.tsx';
import type { Action } from '../app/command.ts';
import { Keymap } from '../app/keymap.ts';
import { traceSide } from '../app/runs.ts';
import { VIEWS, type ViewName } from '../app/state.ts';
import { NOTHING_OUTSIDE, Store } from '../app/store.ts';
import { STAND_IN_WIDTH } from '../app/terminal.ts';
import { BLOCKS } from '../app/text/glyphs.ts';
import { World } from '../app/world.ts';
import { threadMs } from './clock.ts';
import { cpuMs, type FrameFigures, type MemoryFigures, type ViewFigures } from './frames.ts';

/** A terminal that counts what it gets. */
class Counter extends EventEmitter {
  readonly isTTY = true;
  readonly rows = 1_000_000;
  readonly writable = true;
  readonly columns = STAND_IN_WIDTH;
  bytes = 0;

  readonly #expand: (text: string) => string;

  constructor(expand: (text: string) => string) {
    super();
    this.#expand = expand;
  }

  write(text: string, done?: () => void): boolean {
    this.bytes += Buffer.byteLength(this.#expand(text));
    if (done !== undefined) setImmediate(done);
    return true;
  }
}

const pause = (ms = 0) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const p95 = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)];

/** The screens of a world, in a terminal that only counts. */
class Screens {
  readonly store: Store;
  readonly drawn: Frames;
  readonly out: Counter;
  readonly #ink: Instance;
  /** Frames that Ink has made. */
  frames = 0;

  constructor(world: World, columns: number, rows: number) {
    this.store = new Store(world, NOTHING_OUTSIDE, columns, rows);
    this.drawn = new Frames(this.store, new Keymap(), { glyphs: BLOCKS, colour: true });
    this.out = new Counter(this.drawn.expand);
    this.#ink = render(<App store={this.store} frames={this.drawn} />, {
      stdout: this.out as unknown as NodeJS.WriteStream,
      exitOnCtrlC: false,
      patchConsole: false,
      incrementalRendering: true,
      maxFps: 1000,
      onRender: () => {
        this.frames++;
      },
    });
  }

  /** One action, and the frame that it makes. */
  async act(action: Action): Promise<void> {
    this.store.act([action]);
    await pause(1);
  }

  /** What frames of a view cost, and how soon its keys are answered: from the action to the bytes for the terminal. */
  async measure(view: ViewName, frames: number, key: (n: number) => Action): Promise<ViewFigures> {
    await this.act({ name: 'view', text: view });
    // What is compiled while it runs is compiled by then.
    for (let n = 0; n < 60; n++) await this.act(key(n));
    const from = { cpu: cpuMs(), bytes: this.out.bytes };
    const answers: number[] = [];
    let rowsMs = 0;
    for (let n = 0; n < frames; n++) {
      const before = cpuMs();
      // The rows are ours; what is left of the frame is Ink's, which finds them made.
      this.store.act([key(n)]);
      void this.drawn.screen;
      rowsMs += cpuMs() - before;
      await pause(1);
      answers.push(cpuMs() - before);
    }
    const cpu = cpuMs() - from.cpu;
    return {
      view,
      renderMs: (cpu - rowsMs) / frames,
      cpuMs: cpu / frames,
      answerMs: p95(answers),
      bytes: (this.out.bytes - from.bytes) / frames,
    };
  }

  close(): void {
    this.#ink.unmount();
    this.store.world.close();
  }
}

function worldOf(...paths: string[]): World {
  const world = new World();
  const diff =
    paths.length === 2 ? compareRuns(new TraceReader(paths[0]), new TraceReader(paths[1])) : undefined;
  world.replace(paths.map(traceSide), diff);
  world.readCatalog = () =>
    Array.from({ length: 200 }, (_, n) => ({
      kind: 'trace',
      name: `out/run-${n}.trace`,
      description: `${n},000 events, ${n}.0 ms, 4 CPUs; -n 'lockstat::: { @ = count(); }'; dd(1)`,
    }));
  for (const side of world.sides) side.loadSymbols?.();
  return world;
}

/** `path`: a long trace; `pair`: an untraced run and a traced one. */
export async function measure(
  path: string,
  pair: [string, string],
  columns: number,
  rows: number,
  frames: number,
): Promise<FrameFigures> {
  const started = cpuMs();
  const world = new World();
  const side = traceSide(path);
  world.sides = [side];
  const screens = new Screens(world, columns, rows);
  await pause(2);
  const firstMs = cpuMs() - started;
  side.loadSymbols?.();
  const { events } = side.run;
  const { store } = screens;
  await screens.act({ name: 'event', text: String(Math.floor(events / 2)) });

  const views: ViewFigures[] = [];
  for (const view of VIEWS)
    if (view !== 'open' && view !== 'diff')
      views.push(await screens.measure(view, frames, () => ({ name: 'next-event' })));
  const jumps: number[] = [];
  store.act([{ name: 'view', text: 'events' }]);
  for (let n = 0; n < 40; n++) {
    const before = threadMs(); // a wait: what compiles and collects beside it does not add to it
    store.act([{ name: 'event', text: String(Math.floor(events * ((n * 0.618034) % 1)) | 0) }]);
    void screens.drawn.screen;
    jumps.push(threadMs() - before);
    await pause(2);
  }
  screens.close();

  const two = new Screens(worldOf(...pair), columns, rows);
  views.push(await two.measure('diff', frames, () => ({ name: 'next-event' })));
  const parting = await two.measure('diff', frames, (n) => ({
    name: n % 2 === 0 ? 'down' : 'next-divergence',
  }));
  views.push({ ...parting, view: 'diff, its list' });
  views.push(await two.measure('open', frames, (n) => ({ name: n % 60 < 30 ? 'down' : 'up' })));
  two.close();
  return { firstMs, views, jumpMs: p95(jumps) };
}

/** Heap after collection, at the beginning and after each tenth of the frames. Every view is shown in turn, moved in, scrolled, zoomed. */
export async function measureMemory(
  pair: [string, string],
  columns: number,
  rows: number,
  frames: number,
): Promise<MemoryFigures> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const screens = new Screens(worldOf(...pair), columns, rows);
  const { store } = screens;
  const { events } = store.world.sides[0].run;
  let turn = 0;
  const churn = async (until: number) => {
    while (screens.frames < until) {
      const n = turn++;
      const action: Action =
        n % 250 === 0
          ? { name: 'view', text: VIEWS[(n / 250) % VIEWS.length] }
          : n % 50 === 25
            ? { name: 'event', text: String(Math.floor(events * ((n * 0.618034) % 1))) }
            : n % 10 === 5
              ? { name: n % 20 === 5 ? 'down' : 'up' }
              : n % 40 === 11
                ? { name: n % 80 === 11 ? 'zoom-in' : 'zoom-out' }
                : { name: n % 60 < 30 ? 'next-event' : 'previous-event' };
      await screens.act(action);
    }
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  // Each view twice: caches that have a bound come to it.
  await churn(VIEWS.length * 500);
  const first = screens.frames;
  const bytes = [await churn(first)];
  const started = cpuMs();
  for (let part = 1; part <= 10; part++) bytes.push(await churn(first + Math.floor((frames * part) / 10)));
  const figures = { frames: screens.frames - first, bytes, cpuMs: (cpuMs() - started) / frames };
  screens.close();
  return figures;
}
