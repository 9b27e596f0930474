/**
 * Source: guest C where the chosen CPU stands, its stack and its variables.
 *
 * A live machine is asked. A trace has no stacks: of it the site of the event under the cursor is shown, and `:live` executes it to here.
 */
import type { FrameView, VariableView } from '../../../engine/run/live-view.ts';
import type { EventView } from '../../../traces/playback/run-view.ts';
import { cursor } from '../moving.ts';
import type { UiState } from '../state.ts';
import { definition, highlight, probeSite, type SourcePlace } from '../text/c-source.ts';
import { siteFull, siteWords, threadWords } from '../text/describe.ts';
import { beside, type Line, over, type Span, toWidth } from '../text/line.ts';
import { padStart } from '../text/width.ts';
import type { Side } from '../world.ts';
import { type Frame, type Hit, moved, type ViewContext, type ViewModule } from './view.ts';

export const sourceView: ViewModule = {
  title: 'Source',
  panes: 2,
  render,
  move(state, world, by) {
    const side = world.side(state);
    if (side === undefined) return;
    if (state.pane === 1) {
      state.frame = moved(state.frame, by, stackOf(state, side).length);
      state.scroll.source = undefined;
      return;
    }
    const look = place(state, side);
    if (look === undefined) return;
    const lines = textOf(side, look)?.split('\n').length ?? 1;
    state.scroll.source = moved(state.scroll.source ?? look.line - 1, by, lines);
  },
  select(state, _world, what) {
    state.pane = 1;
    state.frame = Number(what);
    state.scroll.source = undefined;
  },
  line(state, world) {
    const side = world.side(state);
    const look = side === undefined ? undefined : place(state, side);
    return look === undefined ? undefined : `${look.file}:${look.line}`;
  },
};

const stacks = new WeakMap<object, { key: string; frames: FrameView[] }>();

/** The machine's answer for this place, asked once. */
export function stackOf(state: UiState, side: Side): FrameView[] {
  const { live } = side;
  if (live === undefined) return [];
  const key = `${live.moves} ${state.cpu}`;
  const kept = stacks.get(live);
  if (kept !== undefined && kept.key === key) return kept.frames;
  const frames = live.stack({ cpu: state.cpu });
  stacks.set(live, { key, frames });
  return frames;
}

/** What the source pane shows, and why that. */
interface Look extends SourcePlace {
  title: string;
}

const sites = new WeakMap<object, Map<number, SourcePlace | undefined>>();

/** The function that a callout or a task runs. */
function functionRun(
  side: Side,
  event: EventView,
  site: { provider: string; name: string },
): Look | undefined {
  if (site.provider !== '_trace' || (site.name !== 'callout' && site.name !== 'task-start')) return undefined;
  const name = side.symbol?.(event.args[1]);
  const found = name === undefined ? undefined : definition(side.sources, name, ['kernel']);
  return found === undefined
    ? undefined
    : { ...found, title: `${siteWords(side.run, event.site)}: ${name}()` };
}

function place(state: UiState, side: Side): Look | undefined {
  const frame = stackOf(state, side)[state.frame];
  if (frame !== undefined)
    return {
      image: frame.image,
      file: frame.file,
      line: frame.line,
      title: `${frame.image}\`${frame.function}+0x${frame.offset.toString(16)}`,
    };
  const at = cursor(state);
  if (at < 0 || at >= side.run.events) return undefined;
  const event = side.run.event(at);
  const site = side.run.sites[event.site];
  if (site === undefined) return undefined;
  const deferred = functionRun(side, event, site);
  if (deferred !== undefined) return deferred;
  let known = sites.get(side.run);
  if (known === undefined) sites.set(side.run, (known = new Map()));
  if (!known.has(event.site)) known.set(event.site, siteInSource(side, site));
  const found = known.get(event.site);
  return found === undefined ? undefined : { ...found, title: siteWords(side.run, event.site) };
}

function siteInSource(
  side: Side,
  site: { provider: string; function: string; name: string },
): SourcePlace | undefined {
  const { sources } = side;
  const images = ['kernel', ...Object.keys(sources).filter((image) => image !== 'kernel')];
  if (site.provider === 'syscall')
    return (
      definition(sources, `sys_${site.function}`, ['kernel']) ??
      definition(sources, `kern_${site.function}`, ['kernel'])
    );
  if (site.provider === 'fbt') return definition(sources, site.function, images);
  if (site.provider === 'dtmalloc') return definition(sources, site.name, ['kernel']);
  return probeSite(sources, site.provider, site.name);
}

const textOf = (side: Side, look: SourcePlace): string | undefined =>
  side.live?.source(look.image, look.file) ?? side.sources[look.image]?.[look.file];

function render(c: ViewContext): Frame {
  const { state, width, height, glyphs } = c;
  const side = c.world.side(state);
  if (side === undefined) return { lines: [], hits: [] };
  const across = width >= 100;
  const share = state.splits.source ?? (across ? 0.62 : 0.6);
  const sourceWidth = across ? Math.floor((width - 1) * share) : width;
  const sourceHeight = across ? height : Math.max(4, Math.floor((height - 1) * share));
  const hits: Hit[] = [{ row: 0, rows: sourceHeight, from: 0, to: sourceWidth, pane: 0 }];
  const source = sourceLines(c, side, sourceWidth, sourceHeight);
  const restWidth = across ? width - sourceWidth - 1 : width;
  const restHeight = across ? height : height - sourceHeight - 1;
  const origin = across ? { row: 0, from: sourceWidth + 1 } : { row: sourceHeight + 1, from: 0 };
  const rest =
    side.live === undefined ? traceLines(c, side) : stackLines(c, side, restWidth, restHeight, hits, origin);
  if (across) {
    hits.push({
      row: 0,
      rows: height,
      from: sourceWidth,
      to: sourceWidth + 1,
      border: { across: true, start: 0, size: width },
    });
    return { lines: beside(source, rest, sourceWidth, restWidth, [glyphs.vertical, 'dim'], height), hits };
  }
  hits.push({ row: sourceHeight, from: 0, to: width, border: { across: false, start: 0, size: height } });
  while (source.length < sourceHeight) source.push([]);
  return {
    lines: [...source, [[glyphs.horizontal.repeat(width), 'dim']], ...rest.map((l) => toWidth(l, width))],
    hits,
  };
}

function sourceLines(c: ViewContext, side: Side, width: number, height: number): Line[] {
  const { state } = c;
  const look = place(state, side);
  if (look === undefined)
    return [
      [['no source for this moment', 'dim']],
      [
        [
          side.live === undefined
            ? 'the event under the cursor has no site in the guest source'
            : 'the CPU runs no guest function now',
          'dim',
        ],
      ],
    ];
  const text = textOf(side, look);
  const head: Line = toWidth(
    [
      [`${look.image}/${look.file}:${look.line}`, 'bold'],
      [`  ${look.title}`, 'dim'],
    ],
    width,
  );
  if (text === undefined) return [head, [['the source of this image is not in the trace', 'dim']]];
  const rows = highlight(text);
  const centre = state.scroll.source ?? look.line - 1;
  const room = height - 1;
  const first = Math.max(0, Math.min(rows.length - room, centre - Math.floor(room / 2)));
  const digits = String(rows.length).length;
  const lines: Line[] = [head];
  for (let n = first; n < Math.min(rows.length, first + room); n++) {
    const current = n === look.line - 1;
    const number: Span = [
      `${current ? '>' : ' '}${padStart(String(n + 1), digits)} `,
      current ? 'bold' : 'dim',
    ];
    const code = toWidth(rows[n], Math.max(1, width - digits - 2));
    lines.push(current ? [number, ...over(code, 'selected')] : [number, ...code]);
  }
  return lines;
}

function stackLines(
  c: ViewContext,
  side: Side,
  width: number,
  height: number,
  hits: Hit[],
  origin: { row: number; from: number },
): Line[] {
  const { state } = c;
  const frames = stackOf(state, side);
  const tid = side.run.state.cpus[state.cpu]?.tid ?? 0;
  const lines: Line[] = [
    [
      [`stack of cpu${state.cpu} `, 'bold'],
      [threadWords(side.run.state, tid), 'accent'],
    ],
  ];
  const room = Math.max(2, Math.ceil((height - 2) * 0.5));
  const first = Math.max(0, Math.min(frames.length - room, state.frame - room + 1));
  frames.slice(first, first + room).forEach((frame, i) => {
    const n = first + i;
    const here = n === state.frame;
    hits.push({
      row: origin.row + lines.length,
      from: origin.from,
      to: origin.from + width,
      pane: 1,
      press: { name: 'select', text: String(n) },
    });
    const args = frame.arguments.map((a) => `${a.name}=${a.value}`).join(', ');
    const row: Line = [
      [`${padStart(String(n), 2)} `, 'dim'],
      [frame.function, 'bold'],
      [`(${args})`],
      [frame.interrupted ? '  <trap>' : `  ${frame.file}:${frame.line}`, 'dim'],
    ];
    lines.push(toWidth(here ? over(row, state.pane === 1 ? 'selected' : 'shadowed') : row, width));
  });
  if (frames.length === 0) lines.push([['no frames: the CPU is idle or halted', 'dim']]);
  const frame = frames[state.frame];
  if (frame === undefined) return lines;
  lines.push([
    ['locals ', 'bold'],
    [frame.function, 'dim'],
  ]);
  const variables: VariableView[] = [...frame.arguments, ...frame.locals];
  if (variables.length === 0) lines.push([['  none', 'dim']]);
  for (const v of variables) {
    if (lines.length >= height) break;
    lines.push(
      toWidth(
        [[`  ${v.name}`, 'accent'], [' = '], [v.value.replaceAll('\n', ' ')], [`  ${v.type}`, 'dim']],
        width,
      ),
    );
  }
  return lines;
}

function traceLines(c: ViewContext, side: Side): Line[] {
  const { state } = c;
  const { run } = side;
  const at = cursor(state);
  const lines: Line[] = [];
  if (at >= 0 && at < run.events) {
    const event = run.event(at);
    lines.push(
      [[siteFull(run, event.site), 'bold']],
      [
        ['in ', 'dim'],
        [threadWords(run.state, event.tid), 'accent'],
        [` on cpu${event.cpu}`, 'dim'],
      ],
    );
    const thread = run.state.threads[event.tid];
    if (thread?.syscall)
      lines.push([
        ['system call ', 'dim'],
        [`${thread.syscall}()`, 'accent'],
      ]);
  }
  lines.push(
    [],
    [['a trace has no stacks or variables.', 'dim']],
    [
      [':live ', 'key'],
      ['executes it again to this moment;', 'dim'],
    ],
    [['then they are here, and s S o u step.', 'dim']],
  );
  return lines;
}
