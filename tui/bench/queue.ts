/**
 * The event queue against others on the hold model: n events queued, each step takes the earliest and puts it back later.
 *
 * Compared with the best heaps on npm (development dependencies; those not installed are left out) and with a binary heap in C (when
 * gcc is there). Only our queue keeps first-scheduled-first order, cancels by handle and can be saved.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDir } from '../../engine/image/place.ts';
import { EventQueue } from '../../engine/machine/events.ts';

interface Hold {
  push(cycle: number): void;
  pop(): number;
}

function generator(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return 1 + (state >>> 12);
  };
}

function holdsPerSecond(make: () => Hold, n: number, holds: number): number {
  const queue = make();
  const later = generator();
  for (let i = 0; i < n; i++) queue.push(later());
  const start = performance.now();
  for (let i = 0; i < holds; i++) queue.push(queue.pop() + later());
  return holds / ((performance.now() - start) / 1000);
}

const ours = (): Hold => {
  const queue = new EventQueue();
  return { push: (cycle) => queue.schedule(cycle, 0), pop: () => queue.pop()?.cycle ?? 0 };
};

type Heap = { push(item: unknown): void; pop(): unknown };

/** Makers by package name; packages that are not installed are missing. */
async function packages(): Promise<Record<string, () => Hold>> {
  const found: Record<string, () => Hold> = {};
  const load = async (name: string): Promise<Record<string, unknown> | undefined> => {
    try {
      return (await import(name)) as Record<string, unknown>;
    } catch {
      return undefined;
    }
  };
  const flat = await load('flatqueue');
  if (flat !== undefined) {
    const FlatQueue = flat['default'] as new () => {
      push(id: number, value: number): void;
      peekValue(): number;
      pop(): number;
    };
    found['flatqueue'] = () => {
      const q = new FlatQueue();
      return {
        push: (cycle) => q.push(0, cycle),
        pop: () => {
          const cycle = q.peekValue();
          q.pop();
          return cycle;
        },
      };
    };
  }
  const objects = (q: Heap): Hold => ({
    push: (cycle) => q.push({ cycle }),
    pop: () => (q.pop() as { cycle: number }).cycle,
  });
  const byCycle = (a: { cycle: number }, b: { cycle: number }) => a.cycle - b.cycle;
  const tiny = await load('tinyqueue');
  if (tiny !== undefined) {
    const TinyQueue = tiny['default'] as new (items: unknown[], compare: typeof byCycle) => Heap;
    found['tinyqueue'] = () => objects(new TinyQueue([], byCycle));
  }
  const js = await load('heap-js');
  if (js !== undefined) {
    const Heap = js['Heap'] as new (compare: typeof byCycle) => Heap;
    found['heap-js'] = () => objects(new Heap(byCycle));
  }
  return found;
}

/** Holds a second of the C heap, or undefined without gcc. */
function native(sizes: number[], holds: number): number[] | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'heap-'));
  try {
    const source = join(packageDir(), 'tui/bench/heap.c');
    execFileSync('gcc', ['-O2', '-o', join(dir, 'heap'), source], { stdio: 'ignore' });
    return sizes.map((n) =>
      Number(execFileSync(join(dir, 'heap'), [String(n), String(holds)], { encoding: 'utf8' })),
    );
  } catch {
    return undefined;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export async function queueBench(): Promise<string> {
  const sizes = [100, 1000, 10_000, 100_000, 1_000_000];
  const holds = 500_000;
  const makers: Record<string, () => Hold> = { 'probelab EventQueue': ours, ...(await packages()) };
  const rows = Object.entries(makers).map(([name, make]) => {
    holdsPerSecond(make, 1000, holds); // warm
    return [name, sizes.map((n) => holdsPerSecond(make, n, holds))] as const;
  });
  const c = native(sizes, holds);
  if (c !== undefined) rows.push(['C binary heap (gcc -O2)', c]);
  const lines = rows.map(
    ([name, rates]) => `| ${name} | ${rates.map((r) => (r / 1e6).toFixed(2)).join(' | ')} |`,
  );
  return [
    '### Event queue: hold model, million holds a second',
    '',
    `| queued events | ${sizes.map((n) => n.toLocaleString('en')).join(' | ')} |`,
    `|---|${sizes.map(() => '---').join('|')}|`,
    ...lines,
    '',
  ].join('\n');
}
