/**
 * The commands of `probelab step`, on a live run. Each gives an answer in words, and as data for --json.
 */
import type { BreakSpec, FrameView, StepUnit, StopView } from '../../engine/run/live-view.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { siteName } from '../../traces/diff/timeline.ts';
import type { LiveRun } from '../../traces/live/live-run.ts';
import { recordRun } from '../../traces/live/record-run.ts';

export interface Answer {
  text: string;
  [key: string]: unknown;
}

const UNITS: Record<string, StepUnit> = {
  step: 'line',
  s: 'line',
  next: 'over',
  n: 'over',
  finish: 'out',
  stepi: 'block',
  si: 'block',
  block: 'block',
  event: 'event',
  tick: 'tick',
  firing: 'firing',
  syscall: 'syscall',
};
const LISTED = 5;

export class Debugger {
  run: LiveRun;
  #cpu = 0;
  #breaks: BreakSpec[] = [];

  constructor(run: LiveRun) {
    this.run = run;
    if (run.live.place.cpu >= 0) this.#cpu = run.live.place.cpu;
  }

  /** Throws UserError for what it cannot do. */
  async command(line: string): Promise<Answer> {
    const [, word, rest] = /^(\S+)\s*(.*)$/.exec(line) as unknown as [string, string, string];
    const back = word.startsWith('reverse-') || /^r[sn]i?$/.test(word);
    const verb = word.replace(/^reverse-/, '').replace(/^r(?=[sn]i?$)/, '');
    const direction = back ? -1 : 1;
    if (Object.hasOwn(UNITS, verb)) return this.#step(UNITS[verb], direction, count(rest, word));
    if (/^x(\/\d+)?$/.test(verb)) return this.#memory(Number(verb.slice(2) || 64), rest);
    switch (verb) {
      case 'continue':
      case 'c':
        return this.#stopped(this.run.resume(direction, this.#breaks));
      case 'until':
        return this.#stopped(this.run.runTo(number(rest, word)));
      case 'start':
        return this.#stopped(this.run.runTo(0));
      case 'break':
      case 'b':
        return this.#break(
          /^if\s/.test(rest)
            ? { predicate: rest.slice(3).trim() }
            : /:\d+$/.test(rest)
              ? { line: rest }
              : { function: rest },
          rest,
        );
      case 'watch':
        return this.#break({ lock: rest }, rest);
      case 'delete':
        if (rest === '') this.#breaks = [];
        else if (this.#breaks[number(rest, word) - 1] === undefined) throw new UserError(`no break ${rest}`);
        else this.#breaks.splice(number(rest, word) - 1, 1);
        return { text: '' };
      case 'print':
      case 'p': {
        if (rest === '') throw new UserError('print what? give a D expression');
        const value = this.run.evaluate(rest, this.#cpu);
        return { text: value, value };
      }
      case 'cpu': {
        const cpu = number(rest, word);
        if (cpu >= this.run.cpus) throw new UserError(`cpu ${cpu}: there are ${this.run.cpus}, from 0`);
        this.#cpu = cpu;
        return this.#where(undefined);
      }
      case 'where':
      case 'bt':
        return this.#where(rest === '' ? undefined : number(rest, word));
      case 'list':
      case 'l':
        return this.#list();
      case 'info':
        return this.#info(rest);
      case 'fork':
        return this.#fork(rest);
      case 'record':
        return this.#record(rest);
    }
    throw new UserError(`no command '${word}' (probelab step --help lists them)`);
  }

  #step(unit: StepUnit, direction: 1 | -1, times: number): Answer {
    let stop: StopView | undefined;
    for (let n = 0; n < times; n++) {
      stop = this.run.step(unit, direction, this.#cpu);
      if (stop.reason !== 'step') break;
      if (this.run.live.place.cpu >= 0 && unit !== 'block') this.#cpu = stop.cpu;
    }
    return this.#stopped(stop as StopView);
  }

  #stopped(stop: StopView): Answer {
    if (stop.reason === 'break') this.#cpu = stop.cpu;
    const { end } = this.run.live;
    const why =
      stop.reason === 'end'
        ? `the run has ended: ${end === undefined ? '' : 'message' in end ? end.message : end.reason}`
        : stop.reason === 'start'
          ? 'the beginning of the run'
          : stop.reason === 'break'
            ? `break ${(stop.break ?? 0) + 1}`
            : '';
    const [frame] = this.run.stack({ cpu: this.#cpu });
    const text = [
      `${why === '' ? '' : `${why}, `}cycle ${this.run.live.now === stop.cycle ? stop.cycle : this.run.live.now}, cpu${this.#cpu}, event ${this.run.state.seq}`,
      ...(frame === undefined ? [] : [frameText(frame), ...this.#sourceLine(frame)]),
    ].join('\n');
    return { text, stop, seq: this.run.state.seq, frame };
  }

  #sourceLine(frame: FrameView): string[] {
    const line = this.run.source(frame.image, frame.file)?.split('\n')[frame.line - 1];
    return line === undefined ? [] : [`${frame.line}\t${line}`];
  }

  #break(spec: BreakSpec, text: string): Answer {
    if (text === '') throw new UserError('where? give a function, FILE:LINE, a lock, or if D-PREDICATE');
    this.run.checkBreak(spec);
    this.#breaks.push(spec);
    return { text: `break ${this.#breaks.length}: ${text}`, number: this.#breaks.length };
  }

  #where(tid: number | undefined): Answer {
    const frames = this.run.stack(tid === undefined ? { cpu: this.#cpu } : { tid });
    return {
      text: frames
        .map((f, i) => `#${i}  ${frameText(f)}${f.interrupted ? '  <interrupted>' : ''}`)
        .join('\n'),
      frames,
    };
  }

  #list(): Answer {
    const [frame] = this.run.stack({ cpu: this.#cpu });
    const lines = frame === undefined ? undefined : this.run.source(frame.image, frame.file)?.split('\n');
    if (frame === undefined || lines === undefined) throw new UserError('there is no source for this place');
    const first = Math.max(1, frame.line - LISTED);
    const shown = lines.slice(first - 1, frame.line + LISTED);
    return {
      text: shown
        .map((line, i) => `${first + i === frame.line ? '>' : ' '}${String(first + i).padStart(5)}\t${line}`)
        .join('\n'),
      file: frame.file,
      line: frame.line,
    };
  }

  #memory(length: number, rest: string): Answer {
    const address = /^(0x)?[0-9a-f]+$/i.test(rest)
      ? BigInt(rest.replace(/^(0x)?/i, '0x'))
      : BigInt(this.run.evaluate(`(uintptr_t)(${rest})`, this.#cpu).split(' ')[0]);
    const bytes = this.run.memory(address, Math.min(length, 65536));
    const rows: string[] = [];
    for (let at = 0; at < bytes.length; at += 16) {
      const row = bytes.subarray(at, at + 16);
      const hex = Array.from(row, (b) => b.toString(16).padStart(2, '0')).join(' ');
      const text = Array.from(row, (b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')).join('');
      rows.push(`${(address + BigInt(at)).toString(16).padStart(16, '0')}  ${hex.padEnd(47)}  ${text}`);
    }
    return { text: rows.join('\n'), bytes: Buffer.from(bytes).toString('hex') };
  }

  #info(what: string): Answer {
    const { run } = this;
    switch (what) {
      case 'stack':
        return this.#where(undefined);
      case 'locals': {
        const [frame] = run.stack({ cpu: this.#cpu });
        const variables = frame === undefined ? [] : [...frame.arguments, ...frame.locals];
        return {
          text: variables.map((v) => `${v.type} ${v.name} = ${v.value}`).join('\n'),
          variables,
        };
      }
      case 'threads': {
        run.stack({ cpu: this.#cpu }); // the machine comes to where the view is
        const threads = run.inspector.threads();
        return {
          text: threads
            .map(
              (t) =>
                `${String(t.tid).padStart(7)} ${String(t.pid).padStart(4)} ${t.command.padEnd(12)} ${t.name.padEnd(12)} ${t.cpu >= 0 ? `cpu${t.cpu}` : t.waits === '' ? '-' : `waits on ${t.waits}`}`,
            )
            .join('\n'),
          threads: threads.map(({ tid, pid, name, command, cpu, waits }) => ({
            tid,
            pid,
            name,
            command,
            cpu,
            waits,
          })),
        };
      }
      case 'locks': {
        const locks = Object.values(run.state.locks).filter(
          (l) => l.owner !== 0 || l.readers.length > 0 || l.waiters.length > 0,
        );
        return {
          text: locks
            .map(
              (l) =>
                `${l.address} ${l.class} ${l.name}: ${l.owner !== 0 ? `owner ${l.owner}` : `readers ${l.readers.join(' ')}`}${l.waiters.length === 0 ? '' : `, waiters ${l.waiters.join(' ')}`}`,
            )
            .join('\n'),
          locks,
        };
      }
      case 'breaks':
        return {
          text: this.#breaks.map((b, i) => `${i + 1}: ${Object.values(b)[0]}`).join('\n'),
          breaks: this.#breaks,
        };
      case 'events': {
        const events = run.window(run.state.seq - 1, -10);
        return {
          text: events
            .map(
              (e) =>
                `${e.seq} cycle ${e.cycle} cpu${e.cpu} tid ${e.tid} ${siteName(run.sites[e.site])}(${e.args.map((a) => `0x${a.toString(16)}`).join(', ')})`,
            )
            .join('\n'),
          events: events.map((e) => ({ ...e, args: e.args.map((a) => `0x${a.toString(16)}`) })),
        };
      }
      case 'dtrace': {
        const view = run.dtrace();
        if (view === undefined) throw new UserError('nothing traces this run');
        return {
          text: [
            view.output,
            view.aggregations,
            ...view.drops.map((d) => `${d.count} ${d.kind} drops`),
            ...view.clauses.map((c) => `${c.probe}: ${c.firings} firings, ${c.cycles} cycles`),
          ]
            .filter((t) => t !== '')
            .join('\n'),
          dtrace: view,
        };
      }
    }
    throw new UserError(`info ${what}: there is info stack, locals, threads, locks, breaks, events, dtrace`);
  }

  /** The whole run, from power-on to its end, as a trace. */
  async #record(path: string): Promise<Answer> {
    if (path === '') throw new UserError('record: give the name of a file');
    try {
      const events = await recordRun(this.run.live.session.inputs, path, undefined, this.run.hooks);
      return { text: `${path}: ${events} events`, path, events };
    } catch (error) {
      if (typeof (error as { code?: unknown }).code !== 'string') throw error;
      throw new UserError(`${path}: ${systemText(error)}`);
    }
  }

  async #fork(rest: string): Promise<Answer> {
    const [, what, value] = /^(\S+)\s*(.*)$/.exec(rest) ?? [];
    if (what === 'seed') this.run = await this.run.fork({ seed: number(value, 'fork seed') });
    else if (what === 'program')
      this.run = await this.run.fork({ dtrace: { argv: ['-n', value], files: {}, endsRun: false } });
    else if (what === 'suppress') this.run = await this.run.fork({ suppress: value.split(',') });
    else throw new UserError('fork: seed N, program D-PROGRAM, or suppress probe');
    return {
      text: `forked at cycle ${this.run.live.now}: ${this.run.live.session.identity.slice(0, 12)}`,
      identity: this.run.live.session.identity,
    };
  }
}

const systemText = (error: unknown) => (error as Error).message.replace(/^[A-Z]+: /, '');

const frameText = (f: FrameView) =>
  `${f.image}\`${f.function}+0x${f.offset.toString(16)}(${f.arguments.map((a) => `${a.name}=${a.value}`).join(', ')}) at ${f.file}:${f.line}`;

function number(text: string, word: string): number {
  const n = Number(text);
  if (text === '' || !Number.isSafeInteger(n) || n < 0)
    throw new UserError(`${word}: a number is expected, not '${text}'`);
  return n;
}

const count = (text: string, word: string) => (text === '' ? 1 : Math.max(1, number(text, word)));
