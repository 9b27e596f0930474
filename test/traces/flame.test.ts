// Flame graphs: stacks from traces and from dtrace's output, drawn as text and as SVG; two runs compared, with what vanished.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { dtraceStacks } from '../../traces/flame/dtrace-stacks.ts';
import type { Folded } from '../../traces/flame/folded.ts';
import { boxes, changeOf, type FlameNode, flameTree } from '../../traces/flame/tree.ts';
import { flameText } from '../../tui/draw/flame.ts';
import { flameSvg } from '../../tui/draw/flame-svg.ts';
import { lab, put, scratch } from '../e2e/lab.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

const A: Folded = new Map([
  ['dd;read;copy', 40],
  ['dd;read', 10],
  ['dd;write', 30],
  ['sh;fork', 20],
]);
const B: Folded = new Map([
  ['dd;read;copy', 40],
  ['dd;read', 10],
  ['dd;read;probe', 30],
  ['dd;write', 10],
]);
const weight = (n: number) => `${n} ns`;

test('text: callers above, callees below, width for weight', () => {
  expect(flameText(flameTree(A), { columns: 50, colour: false, diff: false, weight })).toBe(`\
[all                                             ]
[dd                                    ][sh      ]
[read                   ][write        ][fork    ]
[copy              ]

         own   share  stack
       40 ns  40.0 %  dd;read;copy
       30 ns  30.0 %  dd;write
       20 ns  20.0 %  sh;fork
       10 ns  10.0 %  dd;read
`);
});

test('two runs in text: what changed reads without colour; what vanished keeps its place', () => {
  const text = flameText(flameTree(A, B), { columns: 65, colour: false, diff: true, weight });
  // 130 ns are 65 columns: A's 20 of sh and B's 110 of dd, whose write was 30 in A.
  const cell = (name: string, fill: string, width: number) => `[${`${name} `.padEnd(width - 2, fill)}]`;
  expect(text.split('\n')).toEqual([
    cell('all', '-', 65),
    cell('dd', '+', 55) + cell('sh', 'x', 10),
    cell('read', '+', 40) + cell('write', '-', 15) + cell('fork', 'x', 10),
    cell('copy', ' ', 20) + cell('probe', '*', 15),
    '+ more  - less  * new  x vanished; widths: the larger of both',
    '',
    '           A           B        B - A  stack (own weight)',
    '        0 ns       30 ns       +30 ns  dd;read;probe',
    '       30 ns       10 ns       -20 ns  dd;write',
    '       20 ns        0 ns       -20 ns  sh;fork',
    '',
  ]);
});

test('colour adds colour alone', () => {
  const options = { columns: 60, diff: true, weight };
  const plain = flameText(flameTree(A, B), { ...options, colour: false });
  const painted = flameText(flameTree(A, B), { ...options, colour: true });
  expect(painted).toContain('\x1b[48;5;');
  expect(painted.replaceAll(/\x1b\[[\d;]*m/g, '').replaceAll(/ +$/gm, '')).toBe(plain);
});

const stacks = fc.array(
  fc.tuple(
    fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 1, max: 99 }),
  ),
  { maxLength: 12 },
);
const folded = (list: [string[], number][]): Folded =>
  list.reduce(
    (map, [frames, n]) => map.set(frames.join(';'), (map.get(frames.join(';')) ?? 0) + n),
    new Map(),
  );

test('of any two runs: nothing is left out, a frame holds what is inside of it, sides keep their totals', () => {
  fc.assert(
    fc.property(stacks, stacks, (x, y) => {
      const [a, b] = [folded(x), folded(y)];
      const root = flameTree(a, b);
      const total = (f: Folded) => [...f.values()].reduce((sum, n) => sum + n, 0);
      expect([root.a, root.b]).toEqual([total(a), total(b)]);
      const seen = new Set<string>();
      const walk = (node: FlameNode, path: string[]) => {
        if (path.length > 0) seen.add(path.join(';'));
        const inside = node.children.reduce((sum, c) => sum + c.width, 0);
        expect(node.width).toBeGreaterThanOrEqual(Math.max(node.a, node.b, inside));
        for (const child of node.children) walk(child, [...path, child.name]);
      };
      walk(root, []);
      for (const stack of [...a.keys(), ...b.keys()]) expect(seen.has(stack)).toBe(true);
      const self = flameTree(a, a);
      expect(boxes(self, 0).every((box) => changeOf(box.node) === 'same')).toBe(true);
    }),
  );
});

/** Balanced tags, quoted attributes, no stray markup: enough of XML to be read. */
function tags(xml: string): Map<string, number> {
  const found = new Map<string, number>();
  const open: string[] = [];
  const rest = xml.replaceAll(
    /<\?.*?\?>|<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z0-9:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, end, name, __, empty) => {
      if (name === undefined) return '';
      if (end === '/') expect(open.pop()).toBe(name);
      else {
        found.set(name, (found.get(name) ?? 0) + 1);
        if (empty === '') open.push(name);
      }
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;)/);
  return found;
}

test('SVG: well-formed, static, a tooltip for every frame; new and vanished ones look different', () => {
  const tree = flameTree(new Map([...A, ['dd;<&">', 5]]), B);
  const svg = flameSvg(tree, { title: 'A < B', diff: true, width: 800, weight });
  const found = tags(svg);
  expect(found.get('g')).toBe(boxes(tree, 0).length);
  expect(found.get('title')).toBe(boxes(tree, 0).length + 1);
  expect(svg).not.toMatch(/<script|onload|href/);
  expect(svg).toContain('<title>probe: A 0 ns, B 30 ns (+30 ns, new)</title>');
  expect(svg).toMatch(/<title>fork: A 20 ns, B 0 ns \(-20 ns, vanished\)<\/title><rect [^>]*url\(#gone\)/);
});

describe('from dtrace(1)', () => {
  test('blocks of frames, other keys as outer frames', () => {
    const printed = `dtrace: description matched

  csh
              kernel\`malloc
              kernel\`fdinit+0x38
              0x201000
               12
  dd
              kernel\`malloc

              dd\`main+0x4
                3
              kernel\`idle+0x8
                1
`;
    expect([...dtraceStacks(printed)]).toEqual([
      ['csh;0x201000;kernel`fdinit;kernel`malloc', 12],
      ['dd;dd`main;kernel`malloc', 3],
      ['kernel`idle', 1],
    ]);
    expect(() => dtraceStacks('no\n   12\n')).toThrow(RangeError);
  });

  test('what our dtrace prints', async () => {
    const done = await lab(
      ...['dtrace', '-x', 'scenario=dd', '-n', 'fbt::malloc:entry { @[execname, stack()] = count(); }'],
    );
    const file = put(folder, 'stacks.txt', done.out);
    const drawn = await lab('flame', '--from-dtrace', file, '--width', '100', '--only', 'dd;');
    const counts = [...done.out.matchAll(/^ {2}dd +\n(?: {14}\S+\n)+ +(\d+)$/gm)].map(([, n]) => Number(n));
    expect(counts.length).toBeGreaterThan(0);
    expect(drawn.out.split('\n')[0]).toBe(`${file}: ${counts.reduce((sum, n) => sum + n, 0)}`);
    expect(drawn.out).toMatch(/^\[dd +\]$/m);
    expect(drawn.out).toContain('kernel`amd64_syscall');
  });
});

test('a traced run beside its untraced twin: the probes are new, the rest is there', async () => {
  const [plain, traced, svg] = ['plain.trace', 'traced.trace', 'diff.svg'].map((name) => join(folder, name));
  const command = ['run', '--exec', 'dd if=/dev/zero of=/dev/null bs=64k count=3', '--cpus', '1'];
  await lab(...command, '--record', plain);
  await lab(...command, '--record', traced, '-n', 'lockstat::: /execname == "dd"/ { @ = count(); }');
  const text = await lab('flame', plain, '--diff', traced, '--only', 'csh/dd', '--width', '120');
  expect(text.out).toMatch(/\[probe: lockstat\S* \*+\]/);
  expect(text.out).toMatch(/\+[\d.]+ [um]s {2}\S*dd;(read|write|execve);probe: lockstat/);
  const drawn = await lab('flame', plain, '--diff', traced, '--svg', svg);
  expect([drawn.code, drawn.out]).toEqual([0, '']);
  tags(readFileSync(svg, 'utf8'));
  for (const [argv, message] of [
    [['flame'], 'name a trace'],
    [['flame', plain, '--by', 'colour'], '--by colour: there are thread, cpu, syscall'],
    [['flame', plain, '--only', 'nothing of the kind'], 'there are no stacks'],
    [['flame', '--from-dtrace', svg], 'no stacks in it'],
  ] as const) {
    const done = await lab(...argv);
    expect([argv, done.code > 0, done.err.includes(message)]).toEqual([argv, true, true]);
  }
});

test.skipIf(spawnSync('flamegraph.pl', ['--help']).error !== undefined)(
  'folded stacks are what flamegraph.pl reads (skipped where it is not installed)',
  async () => {
    const input = [...A].map(([stack, n]) => `${stack} ${n}\n`).join('');
    expect(execFileSync('flamegraph.pl', { input, encoding: 'utf8' })).toContain('<svg');
  },
);
