/**
 * The whole screen as rows: views' names, where "now" is, the view, why, and a bottom line of keys, a message or the command line.
 *
 * One row less than the terminal has: Ink ends its output with a newline.
 */
import { TraceError } from '../../traces/read.ts';
import { Complaint } from './command.ts';
import { candidates } from './commands/prompt.ts';
import { allCommands } from './commands/table.ts';
import type { Keymap } from './keymap.ts';
import { cursor } from './moving.ts';
import { VIEWS } from './state.ts';
import type { Store } from './store.ts';
import { siteWords, threadWords } from './text/describe.ts';
import type { Glyphs } from './text/glyphs.ts';
import { ends, type Line, lineText, type Span, toWidth } from './text/line.ts';
import { padEnd, plain, shorten } from './text/width.ts';
import { count, moment } from './text/words.ts';
import { viewModule } from './views/modules.ts';
import type { Frame, Hit, ViewContext } from './views/view.ts';

export const LEAST = { columns: 60, rows: 15 };
const TOP = 2;
const BOTTOM = 2;

/** Rows of the three blocks, whatever is in them. */
export const layout = (columns: number, rows: number): { top: number; body: number; bottom: number } =>
  columns < LEAST.columns || rows < LEAST.rows
    ? { top: 0, body: Math.max(1, rows - 1), bottom: 0 }
    : { top: TOP, body: rows - 1 - TOP - BOTTOM, bottom: BOTTOM };

export interface Screen {
  top: Line[];
  body: Line[];
  bottom: Line[];
  /** In rows of the screen. */
  hits: Hit[];
}

export function screen(store: Store, keymap: Keymap, glyphs: Glyphs): Screen {
  const { state, world } = store;
  world.frame();
  const { columns: width, rows } = state;
  const height = rows - 1;
  if (width < LEAST.columns || rows < LEAST.rows) return tooSmall(width, height);
  const bodyHeight = height - TOP - BOTTOM;
  const context: ViewContext = { state, world, width, height: bodyHeight, glyphs };
  let frame: Frame;
  try {
    frame = state.help === null ? viewModule(state.view).render(context) : helpFrame(context, keymap);
  } catch (error) {
    // A damaged chunk or a filter that does not fit this run: said where the view would be, the rest goes on.
    if (
      !(error instanceof Complaint) &&
      !['TraceError', 'RangeError', 'UserError'].includes((error as Error).name)
    )
      throw error;
    frame = { lines: [[], [[`  ${(error as Error).message}`, 'bad']]], hits: [] };
  }
  const body = Array.from({ length: bodyHeight }, (_, i) => toWidth(frame.lines[i] ?? [], width));
  const hits = frame.hits.map((hit) => ({ ...hit, row: hit.row + TOP }));
  const overlay = completions(store, width);
  body.splice(body.length - overlay.length, overlay.length, ...overlay);
  return {
    top: [tabs(store, width, hits), whole(() => nowLine(store, width), width)],
    body,
    bottom: [whole(() => whyLine(store, width), width), lastLine(store, keymap, width)],
    hits,
  };
}

/** A line, or what is damaged of the file that it is read from. */
function whole(make: () => Line, width: number): Line {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    return toWidth([[error.message, 'bad']], width);
  }
}

/** The same as plain text, for scripts and tests. */
export function screenText({ top, body, bottom }: Screen): string {
  return [...top, ...body, ...bottom].map((line) => lineText(line).trimEnd()).join('\n');
}

function tooSmall(width: number, height: number): Screen {
  const text = `too small: ${width}x${height + 1}, ${LEAST.columns}x${LEAST.rows} needed`;
  const body = Array.from(
    { length: Math.max(1, height) },
    (_, i): Line => toWidth(i === Math.floor(height / 2) ? [[text, 'bold']] : [], width),
  );
  return { top: [], body, bottom: [], hits: [] };
}

function tabs(store: Store, width: number, hits: Hit[]): Line {
  const { state, world } = store;
  const out: Span[] = [];
  let at = 0;
  const put = (text: string, style?: Span[1]) => {
    out.push([text, style]);
    at += text.length;
  };
  VIEWS.forEach((view, i) => {
    const here = view === state.view;
    const can = view === 'open' || (world.sides.length > 0 && (view !== 'diff' || world.sides.length > 1));
    const from = at;
    put(` ${i + 1}`, here ? 'cursor' : can ? 'key' : 'dim');
    put(` ${viewModule(view).title} `, here ? 'cursor' : can ? undefined : 'dim');
    hits.push({ row: 0, from, to: at, press: { name: 'view', text: view } });
  });
  const right: Span[] = state.mouse ? [] : [['mouse off ', 'dim']];
  return ends(out, [...right, ['probelab ', 'title']], width);
}

/** Which run, which event, when, where. */
function nowLine(store: Store, width: number): Line {
  const { state, world } = store;
  const side = world.side(state);
  if (side === undefined) return toWidth([[' no run is open', 'bar']], width, 'bar');
  const { run } = side;
  const at = cursor(state);
  const left: Span[] = [];
  if (world.sides.length > 1) left.push([` ${state.side === 0 ? 'A' : 'B'} `, 'cursor']);
  const title = run.title.slice(run.title.lastIndexOf('/') + 1);
  left.push([` ${shorten(title, 26)}${run.kind === 'live' ? ' [live]' : ''} `, 'bar']);
  if (at < 0 || run.events === 0) left.push([' at power-on ', 'bar']);
  else {
    const event = run.event(Math.min(at, run.events - 1));
    left.push(
      [` ${moment(event.cycle, run.clockHz)} `, 'bar'],
      [` #${count(at)}`, 'bar'],
      [` cpu${event.cpu} ${threadWords(run.state, event.tid)} `, 'bar'],
      [siteWords(run, event.site), 'bar'],
    );
  }
  return ends(
    left,
    [[` ${count(run.events)}${run.kind === 'live' && !run.ended ? '+' : ''} events `, 'bar']],
    width,
    'bar',
  );
}

const whys = new WeakMap<object, { seq: number; text: string }>();

function whyLine(store: Store, width: number): Line {
  const { state, world } = store;
  const side = world.side(state);
  if (side === undefined) return toWidth([], width);
  const at = cursor(state);
  let known = whys.get(side.run);
  if (known === undefined || known.seq !== at) {
    known = { seq: at, text: at < 0 ? '' : side.run.why(at) };
    whys.set(side.run, known);
  }
  const note = state.notes.find((n) => n.side === state.side && n.seq === at);
  if (note !== undefined) return toWidth([['note ', 'match'], [plain(note.text)]], width);
  return toWidth(
    known.text === ''
      ? [
          ['why  ', 'dim'],
          ['-', 'dim'],
        ]
      : [['why  ', 'accent'], [plain(known.text)]],
    width,
  );
}

/** The line at the bottom, and at its right how far the work beside the screen is. */
function lastLine(store: Store, keymap: Keymap, width: number): Line {
  const { job, prompt } = store.state;
  if (job === null || prompt !== null) return keysLine(store, keymap, width);
  const percent = `${Math.floor(job.share * 100)} %`;
  const words = [`${job.what} ${percent}`, job.text, job.left].filter((w) => w !== '');
  let text = ` ${words.join(', ')} (^C stops) `;
  if (text.length > width / 2) text = ` ${job.what} ${percent}${job.left === '' ? '' : `, ${job.left}`} `;
  text = shorten(text, width - 8);
  return [...keysLine(store, keymap, width - text.length), [text, 'bar']];
}

function keysLine(store: Store, keymap: Keymap, width: number): Line {
  const { state } = store;
  const { prompt, message } = state;
  if (prompt !== null) return promptLine(store, width);
  if (state.busy !== '') return toWidth([[` ${state.busy} `, 'bar']], width);
  if (message !== null)
    return toWidth(
      [[plain(message.text), message.kind === 'error' ? 'bad' : message.kind === 'good' ? 'good' : 'bold']],
      width,
    );
  if (state.pending !== '')
    return toWidth([[state.pending === 'm' ? 'mark: a letter' : 'go to mark: a letter', 'bold']], width);
  const out: Span[] = [];
  const line = [...barWords(store, keymap)];
  let used = 0;
  for (const [key, words] of line) {
    if (used + key.length + words.length + 3 > width) break;
    out.push([key, 'key'], [` ${words}  `, 'dim']);
    used += key.length + words.length + 3;
  }
  return toWidth(out, width);
}

const SHORT: Record<string, string> = {
  right: '->',
  left: '<-',
  escape: 'Esc',
  enter: 'Enter',
  space: 'Space',
  tab: 'Tab',
};
export const keyName = (key: string): string =>
  SHORT[key] ?? key.replace(/^ctrl-/, '^').replace(/^alt-/, 'M-');

/** The few keys that are of use here, from the table. */
function barWords(store: Store, keymap: Keymap): [string, string][] {
  const { state, world } = store;
  if (state.help !== null)
    return [
      ['type', 'to narrow down'],
      ['Esc', 'back'],
    ];
  const order: Record<string, string[]> = {
    machine: ['next-event', 'zoom-in', 'next-firing', 'marker', 'enter', 'search', 'command', 'help', 'quit'],
    source: ['step-line', 'next-event', 'next-pane', 'continue', 'command', 'help', 'quit'],
    threads: ['enter', 'sort', 'next-event', 'command', 'help', 'quit'],
    locks: ['enter', 'sort', 'next-event', 'command', 'help', 'quit'],
    events: ['next-event', 'filter', 'search', 'next-pane', 'enter', 'note', 'command', 'help', 'quit'],
    dtrace: ['next-firing', 'next-pane', 'command', 'help', 'quit'],
    diff: ['next-divergence', 'enter', 'next-pane', 'swap', 'ledger', 'deciding', 'command', 'help', 'quit'],
    open: ['enter', 'tag', 'command', 'help', 'quit'],
  };
  const words: Record<string, string> = {
    sort: 'sort',
    note: 'note',
    swap: 'A/B',
    'next-divergence': 'next divergence',
  };
  const live = world.side(state)?.live !== undefined;
  return order[state.view].flatMap((name): [string, string][] => {
    if ((name === 'step-line' || name === 'continue') && !live) return [];
    const command = allCommands().find((c) => c.name === name);
    if (command === undefined) return [];
    const [key] = keymap.keysOf(command);
    if (key === undefined) return [];
    const pair: Record<string, string> = {
      'next-event': 'previous-event',
      'zoom-in': 'zoom-out',
      'next-firing': 'previous-firing',
      'next-divergence': 'previous-divergence',
      'step-line': 'back-line',
    };
    const back = allCommands().find((c) => c.name === pair[name]);
    const other = back === undefined ? undefined : keymap.keysOf(back)[0];
    return [
      [
        other === undefined ? keyName(key) : `${keyName(other)} ${keyName(key)}`,
        words[name] ?? command.bar ?? name,
      ],
    ];
  });
}

function promptLine(store: Store, width: number): Line {
  const { prompt } = store.state;
  if (prompt === null) return [];
  const sign = { command: ':', search: '/', filter: '&' }[prompt.kind];
  const room = width - 2;
  const from = Math.max(0, prompt.cursor - room + 1);
  const shown = prompt.text.slice(from, from + room);
  const at = prompt.cursor - from;
  return toWidth(
    [[sign, 'key'], [shown.slice(0, at)], [shown[at] ?? ' ', 'cursor'], [shown.slice(at + 1)]],
    width,
  );
}

/** What could stand at the cursor, over the last rows of the view. */
function completions(store: Store, width: number): Line[] {
  const { state, world } = store;
  const { prompt } = state;
  if (prompt === null) return [];
  if (prompt.hint !== undefined) return [toWidth([[` ${prompt.hint}`, 'good']], width, 'bar')];
  const words =
    prompt.candidates.length > 0
      ? prompt.candidates
      : prompt.text === '' && prompt.kind === 'command'
        ? []
        : candidates(state, world).words;
  const commands = prompt.kind === 'command' && !/\s/.test(prompt.text.trimStart());
  if (words.length === 0) {
    const named = allCommands().find(
      (c) => c.name === prompt.text.trim().split(/\s+/)[0] && c.internal !== true,
    );
    return named === undefined
      ? []
      : [
          toWidth(
            [
              [` :${named.name} ${named.argument ?? ''}  `, 'bar'],
              [named.help, 'bar'],
            ],
            width,
            'bar',
          ),
        ];
  }
  const rows = Math.min(8, words.length);
  const first = Math.max(0, Math.min(words.length - rows, prompt.candidate - rows + 2));
  return words.slice(first, first + rows).map((word, i) => {
    const here = first + i === prompt.candidate;
    const help = commands ? (allCommands().find((c) => c.name === word)?.help ?? '') : '';
    const more = i === rows - 1 && words.length > first + rows ? ` ${words.length - first - rows} more` : '';
    return toWidth(
      [
        [padEnd(`${here ? '>' : ' '}${word}`, commands ? 22 : 30), here ? 'cursor' : 'bar'],
        [` ${help}${more}`, here ? 'cursor' : 'bar'],
      ],
      width,
      here ? 'cursor' : 'bar',
    );
  });
}

/** All keys and commands that hold the words typed. */
function helpFrame(c: ViewContext, keymap: Keymap): Frame {
  const { state, width, height } = c;
  const query = state.help?.query ?? '';
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== '');
  const rows: Line[] = [];
  let group = '';
  for (const command of allCommands()) {
    if (command.internal === true) continue;
    const keys = keymap.keysOf(command).map(keyName);
    if (command.name === 'mark') keys.push('m');
    if (command.name === 'to-mark') keys.push("'");
    const text =
      `${command.group} ${command.name} ${command.help} ${command.views?.join(' ') ?? ''}`.toLowerCase();
    const exact = keys.includes(query);
    if (!exact && !words.every((w) => text.includes(w))) continue;
    if (command.group !== group) {
      group = command.group;
      if (rows.length > 0) rows.push([]);
      rows.push([[group, 'title']]);
    }
    const where = command.views === undefined ? '' : ` (${command.views.join(', ')})`;
    rows.push([
      [`  ${padEnd(keys.join(' '), 12)} `, 'key'],
      [padEnd(`:${command.name}${command.argument === undefined ? '' : ` ${command.argument}`}`, 29), 'bold'],
      [` ${command.help}${where}`],
    ]);
  }
  if (rows.length === 0) rows.push([[`no key or command has '${query}' in it`, 'dim']]);
  const room = height - 2;
  const first = Math.max(0, Math.min(state.help?.top ?? 0, rows.length - room));
  return {
    lines: [
      toWidth(
        [
          [' help ', 'cursor'],
          [` ${query}`, 'bar'],
          ['_', 'bar'],
          [query === '' ? '  type a key or a word' : `  ${rows.length} rows`, 'bar'],
        ],
        width,
        'bar',
      ),
      [],
      ...rows.slice(first, first + room),
    ],
    hits: [],
  };
}
