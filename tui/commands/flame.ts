/** `probelab flame`: flame graphs and differential flame graphs, in the terminal and as SVG. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UserError } from '../../engine/run/user-error.ts';
import { dtraceStacks } from '../../traces/flame/dtrace-stacks.ts';
import { type Folded, foldTrace, GROUPS, type GroupBy, readyCycle } from '../../traces/flame/folded.ts';
import { flameTree } from '../../traces/flame/tree.ts';
import { nanoseconds } from '../../traces/playback/words.ts';
import { flameText } from '../draw/flame.ts';
import { flameSvg } from '../draw/flame-svg.ts';
import { wholeNumber } from '../run-inputs.ts';
import { openTrace } from '../traces.ts';

interface Options {
  diff?: string;
  svg?: string;
  by: string;
  width?: string;
  off?: boolean;
  only?: string;
  boot?: boolean;
  fromDtrace?: string;
}

const SVG_WIDTH = 1200;
const TEXT_WIDTH = 80;

export function define(command: Command): void {
  command
    .argument('[file]', 'a recorded trace')
    .option('--from-dtrace <file>', 'in place of a trace: what dtrace printed for @[stack()] = count()')
    .option('--diff <other>', 'compare with this one (of the same kind): the file is A, this is B')
    .option('--by <what>', `outermost frame: ${GROUPS.join(', ')}`, 'thread')
    .option('--off', 'also what threads waited for while they were off their CPU')
    .option('--only <text>', 'only stacks with this text in a frame: a program, a system call, a function')
    .option('--boot', 'also what happened before the guest had booted')
    .option('--svg <file>', 'draw an SVG')
    .option('--width <n>', "columns of text (default: the terminal's), or pixels of the SVG")
    .addHelpText(
      'after',
      `
Stacks are those of the trace: thread, system call, interrupts, probes, locks; and kernel functions where --record-fbt recorded them.

Examples:
  probelab flame dd.trace --only dd
  probelab flame plain.trace --diff traced.trace --svg diff.svg
  probelab dtrace -n 'fbt::malloc:entry { @[stack()] = count(); }' > stacks.txt && probelab flame --from-dtrace stacks.txt
`,
    )
    .action(flame);
}

function flame(file: string | undefined, options: Options): void {
  const by = GROUPS.find((group) => group === options.by);
  if (by === undefined) throw new UserError(`--by ${options.by}: there are ${GROUPS.join(', ')}`);
  if ((file === undefined) === (options.fromDtrace === undefined))
    throw new UserError('draw what? name a trace, or give --from-dtrace FILE');
  const width = options.width === undefined ? undefined : wholeNumber(options.width, '--width', 20, 20_000);
  const counts = options.fromDtrace !== undefined;
  const read = (path: string): Folded => (counts ? printed(path, options) : traced(path, by, options));
  const path = options.fromDtrace ?? file ?? '';
  const a = read(path);
  const b = options.diff === undefined ? undefined : read(options.diff);
  if (a.size === 0 && (b === undefined || b.size === 0))
    throw new UserError(`${path}: there are no stacks in it`, 1);
  const root = flameTree(a, b);
  const weight = counts ? String : nanoseconds;
  const total = b === undefined ? weight(root.b) : `A ${weight(root.a)}, B ${weight(root.b)}`;
  const title = b === undefined ? `${path}: ${total}` : `${path} (A) and ${options.diff} (B): ${total}`;
  const diff = b !== undefined;
  if (options.svg !== undefined) {
    writeFileSync(options.svg, flameSvg(root, { title, diff, width: width ?? SVG_WIDTH, weight }));
    return;
  }
  const colour = process.stdout.isTTY === true && !process.env['NO_COLOR'];
  const columns = width ?? process.stdout.columns ?? TEXT_WIDTH;
  process.stdout.write(`${title}\n\n${flameText(root, { columns, colour, diff, weight })}`);
}

function traced(path: string, by: GroupBy, { off, only, boot }: Options): Folded {
  const reader = openTrace(path);
  try {
    return foldTrace(reader, by, {
      off: off === true,
      since: boot === true ? 0 : readyCycle(reader),
      ...(only === undefined ? {} : { only }),
    });
  } finally {
    reader.close();
  }
}

function printed(path: string, { only = '' }: Options): Folded {
  try {
    const all = dtraceStacks(readFileSync(path, 'utf8'));
    return new Map([...all].filter(([stack]) => stack.includes(only)));
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${path}: ${error.message}`);
    throw error;
  }
}
