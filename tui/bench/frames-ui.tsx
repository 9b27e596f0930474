/** The part of the frame measurements that needs Ink; loaded after NODE_ENV is set. */
import { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { render } from 'ink';
import { App, Frames } from '../app/app.tsx';
import { Keymap } from '../app/keymap.ts';
import { traceSide } from '../app/runs.ts';
import { VIEWS } from '../app/state.ts';
import { NOTHING_OUTSIDE, Store } from '../app/store.ts';
import { STAND_IN_WIDTH } from '../app/terminal.ts';
import { BLOCKS } from '../app/text/glyphs.ts';
import { World } from '../app/world.ts';
import { cpuMs, type FrameFigures } from './frames.ts';

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

export async function measure(
  path: string,
  columns: number,
  rows: number,
  frames: number,
  memoryFrames: number,
): Promise<FrameFigures> {
  const started = cpuMs();
  const world = new World();
  const side = traceSide(path);
  world.sides = [side];
  const store = new Store(world, NOTHING_OUTSIDE, columns, rows);
  const drawn = new Frames(store, new Keymap(), { glyphs: BLOCKS, colour: true });
  const out = new Counter(drawn.expand);
  let renderMs = 0;
  const ink = render(<App store={store} frames={drawn} />, {
    stdout: out as unknown as NodeJS.WriteStream,
    exitOnCtrlC: false,
    patchConsole: false,
    incrementalRendering: true,
    maxFps: 1000,
    onRender: ({ renderTime }) => {
      renderMs += renderTime;
    },
  });
  await pause(2);
  const firstMs = cpuMs() - started;
  side.loadSymbols?.();
  const { events } = side.run;
  store.act([{ name: 'event', text: String(Math.floor(events / 2)) }]);
  await pause(5);

  const views: FrameFigures['views'] = [];
  for (const view of VIEWS) {
    if (view === 'open' || view === 'diff') continue;
    store.act([{ name: 'view', text: view }]);
    await pause(5);
    const from = { cpu: cpuMs(), render: renderMs, bytes: out.bytes };
    for (let n = 0; n < frames; n++) {
      store.act([{ name: 'next-event' }]);
      await pause(1);
    }
    views.push({
      view,
      renderMs: (renderMs - from.render) / frames,
      cpuMs: (cpuMs() - from.cpu) / frames,
      bytes: (out.bytes - from.bytes) / frames,
    });
  }

  const timed = async (go: (n: number) => void, times: number): Promise<number> => {
    const list: number[] = [];
    for (let n = 0; n < times; n++) {
      const before = cpuMs();
      go(n);
      void drawn.screen;
      list.push(cpuMs() - before);
      await pause(2);
    }
    return p95(list);
  };
  store.act([{ name: 'view', text: 'events' }]);
  const stepMs = await timed(() => store.act([{ name: 'next-event' }]), 60);
  const jumpMs = await timed(
    (n) => store.act([{ name: 'event', text: String(Math.floor((events * ((n * 0.618034) % 1)) | 0)) }]),
    40,
  );

  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  store.act([{ name: 'event', text: String(Math.floor(events / 3)) }]);
  const churn = async (many: number) => {
    for (let n = 0; n < many; n++) {
      store.act([{ name: n % 60 < 30 ? 'next-event' : 'previous-event' }]);
      await pause(1);
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await churn(200);
  const growthBytes = (await churn(memoryFrames)) - before;
  ink.unmount();
  world.close();
  return { firstMs, views, jumpMs, stepMs, growthBytes };
}
