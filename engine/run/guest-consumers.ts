/**
 * dtrace(1) as a command of the guest: a consumer for every process that asks for one.
 *
 * `/bin/dtrace -n ...` typed at the guest's shell hands its argument vector over (LIBDTRACE ARGV), brings the scripts that it names from the
 * guest's file system (WANT, FILE), and from COMPILE on is served like the consumer of a session, except that what there is to print goes
 * through the process: TEXT is for its standard output, ERRTEXT for its standard error. Processes are told apart by their address space,
 * so several may trace one after the other or side by side. All of it follows from the guest's memory: a session that is executed
 * again has the same consumers.
 */
import {
  type DtraceCommand,
  DtraceFailure,
  listProbes,
  matchedRows,
  parseArguments,
  readIncludes,
  USAGE,
  VERSION_TEXT,
} from '../dtrace/index.ts';
import { LIBDTRACE } from '../image/abi.ts';
import type { Image } from '../image/image.ts';
import type { LibdtraceCall, Machine, UserMemory } from '../machine/machine.ts';
import { failureText } from './dtrace-failures.ts';
import { catalogOf, DtraceError, DtraceSession, haveOwnProbes, inspectsProcesses } from './dtrace-session.ts';
import type { UserImages } from './user-images.ts';

/** What WANT asks for. */
const WANT = { script: 0, command: 1, output: 2, pid: 3 } as const;
/** FILE's length when the file cannot be read. */
const UNREADABLE = 0xffffffffffffffffn;
/** Bytes of arguments or of a script that one call may bring. */
const MAX_BYTES = 1n << 24n;
const EXIT_FAILED = 1;

/** One process of the guest that runs dtrace(1). */
class GuestConsumer {
  argv: string[] = [];
  /** Scripts by path; undefined: there is no such file. */
  files = new Map<string, string | undefined>();
  /** Tracing, once it has begun. */
  session: DtraceSession | undefined;
  /** Users of ustack() watch who runs what. */
  users: UserImages | undefined;
  out: Uint8Array = new Uint8Array(0);
  err: Uint8Array = new Uint8Array(0);
  status = 0;

  say(stream: 'out' | 'err', text: string | Uint8Array): void {
    this[stream] = Buffer.concat([this[stream], typeof text === 'string' ? Buffer.from(text) : text]);
  }

  /** What the host half has to say; its text goes another way. */
  gatherErrors(): void {
    const taken = this.session?.takeOutput();
    if (taken === undefined) return;
    this.say('err', taken.err);
    for (const piece of taken.out)
      if (!(piece instanceof Uint8Array))
        this.say(
          'err',
          `dtrace: ${piece.kind === 'truncate' ? 'ftruncate' : piece.kind}() is not done: inside of the guest, output stays where it goes\n`,
        );
  }

  /** The next file that the arguments name, or a script includes, and that has not been brought yet. */
  missing(): string | undefined {
    let missing: string | undefined;
    const wants = (path: string): string | undefined => {
      if (this.files.has(path)) return this.files.get(path);
      missing ??= path;
      return '';
    };
    const command = this.#parse(wants);
    if (missing === undefined && command !== undefined)
      readIncludes(command.programs, command.options, (path) =>
        missing === undefined ? wants(path) : undefined,
      );
    return missing;
  }

  /** The command as far as it can be read. */
  command(): DtraceCommand | undefined {
    return this.#parse((path) => this.files.get(path) ?? '');
  }

  #parse(readFile: (path: string) => string | undefined): DtraceCommand | undefined {
    try {
      return parseArguments(this.argv, { readFile });
    } catch (error) {
      if (error instanceof DtraceFailure) return undefined;
      throw error;
    }
  }
}

export class GuestConsumers {
  machine: Machine | undefined;
  readonly #kernel: Image;
  readonly #session: LibdtraceCall | undefined;
  #consumers = new Map<number, GuestConsumer>();
  #outerSwitch: (() => void) | undefined;
  #watching = false;

  /** `session`: the consumer that the session itself has started, if any. */
  constructor(kernel: Image, session: LibdtraceCall | undefined) {
    this.#kernel = kernel;
    this.#session = session;
  }

  readonly call: LibdtraceCall = (sub, a, b, c, memory) => {
    if (sub === LIBDTRACE.ARGV) return this.#begin(a, b, memory);
    const consumer = this.#consumers.get(memory.space);
    if (consumer === undefined)
      return this.#session?.(sub, a, b, c, memory) ?? (sub === LIBDTRACE.DOFSIZE ? 0n : -1n);
    return this.#call(consumer, sub, a, b, c, memory);
  };

  get #usdt(): boolean {
    return this.machine !== undefined && haveOwnProbes(this.machine.images.map(({ image }) => image));
  }

  /** Host halves as they stand; calling the result goes back to them. */
  save(): () => void {
    const saved = [...this.#consumers].map(([space, consumer]) => {
      const restoreSession = consumer.session?.save();
      const fields = { ...consumer, files: new Map(consumer.files) };
      return () => {
        Object.assign(consumer, fields, { files: new Map(fields.files) });
        restoreSession?.();
        return [space, consumer] as const;
      };
    });
    return () => {
      this.#consumers = new Map(saved.map((restore) => restore()));
    };
  }

  #begin(at: bigint, length: bigint, memory: UserMemory): bigint {
    if (length > MAX_BYTES) return -1n;
    const consumer = new GuestConsumer();
    const words = Buffer.from(memory.read(at, Number(length))).toString();
    consumer.argv = words === '' ? [] : words.replace(/\0$/, '').split('\0');
    this.#consumers.set(memory.space, consumer);
    return 0n;
  }

  #call(consumer: GuestConsumer, sub: number, a: bigint, b: bigint, c: bigint, memory: UserMemory): bigint {
    switch (sub) {
      case LIBDTRACE.WANT:
        return this.#want(consumer, Number(a), b, Number(c), memory);
      case LIBDTRACE.FILE: {
        const path = consumer.missing();
        if (path === undefined || (b !== UNREADABLE && b > MAX_BYTES)) return -1n;
        consumer.files.set(
          path,
          b === UNREADABLE ? undefined : Buffer.from(memory.read(a, Number(b))).toString(),
        );
        return 0n;
      }
      case LIBDTRACE.COMPILE:
        return this.#compile(consumer) ? 1n : 0n;
      case LIBDTRACE.TEXT:
        if (consumer.out.length > 0) return give(consumer, 'out', a, Number(b), memory);
        return consumer.session?.call(sub, a, b, c, memory) ?? 0n;
      case LIBDTRACE.ERRTEXT:
        consumer.gatherErrors();
        return give(consumer, 'err', a, Number(b), memory);
      case LIBDTRACE.FAILED:
        consumer.say(
          'err',
          `${failureText(Number(a), Number(b), consumer.session?.culprit(Number(a), Number(c)))}\n`,
        );
        consumer.status = EXIT_FAILED;
        return 0n;
      case LIBDTRACE.DOFSIZE: {
        const size = consumer.session?.call(sub, a, b, c, memory) ?? 0n;
        const failure = consumer.session?.takeFailure();
        if (failure !== undefined) consumer.say('err', `${failure.message}\n`);
        return size;
      }
      case LIBDTRACE.ASK:
        if (a !== 0n) consumer.session?.requestStop(true); // it was interrupted
        return consumer.session?.call(sub, a, b, c, memory) ?? 0n;
      case LIBDTRACE.EXITSTATUS: {
        const status = consumer.session?.call(sub, a, b, c, memory);
        this.#consumers.delete(memory.space);
        return status ?? BigInt(consumer.status);
      }
      default:
        return consumer.session?.call(sub, a, b, c, memory) ?? 0n;
    }
  }

  #want(consumer: GuestConsumer, what: number, at: bigint, room: number, memory: UserMemory): bigint {
    const kind = what & 0xff;
    const n = what >> 8;
    if (kind === WANT.script) return string(consumer.missing(), at, room, memory);
    const command = consumer.command();
    const traces = command?.mode === 'trace' && !command.compileOnly;
    if (command === undefined || (!traces && !inspectsProcesses(command, this.#usdt))) return 0n;
    if (kind === WANT.pid) return BigInt(command.pids[n] ?? 0);
    return string(kind === WANT.command ? command.commands[n] : command.output, at, room, memory);
  }

  /** Does what comes before tracing. False: that is all, or it failed. */
  #compile(consumer: GuestConsumer): boolean {
    const { machine } = this;
    if (machine === undefined) throw new Error('the guest runs without a machine');
    try {
      // Sets what goes wrong apart: the arguments first, then scripts that are missing.
      const command = parseArguments(consumer.argv, { readFile: (path) => consumer.files.get(path) });
      refuse(command);
      if (command.mode === 'help') consumer.say('out', USAGE);
      else if (command.mode === 'version') consumer.say('out', VERSION_TEXT);
      else if (command.mode === 'list' && !inspectsProcesses(command, this.#usdt))
        this.#list(consumer, command, machine);
      else {
        const files: Record<string, string> = {};
        for (const [path, text] of consumer.files) if (text !== undefined) files[path] = text;
        const session = new DtraceSession({ argv: consumer.argv, files, endsRun: false }, this.#kernel, {
          watch: (users) => this.#watch(consumer, users),
        });
        session.attach(machine);
        consumer.session = session;
        if (!command.compileOnly || session.inspects) return true;
        const { out, err } = session.takeOutput();
        for (const piece of out) if (piece instanceof Uint8Array) consumer.say('out', piece);
        consumer.say('err', err);
        consumer.session = undefined;
      }
    } catch (error) {
      if (!(error instanceof DtraceFailure) && !(error instanceof DtraceError)) throw error;
      consumer.say('err', `${error.message}\n`);
      consumer.status = error instanceof DtraceFailure ? error.exitStatus : error.exitCode;
    }
    return false;
  }

  #list(consumer: GuestConsumer, command: DtraceCommand, machine: Machine): void {
    const { rows, messages } = matchedRows(command.programs, {
      catalog: catalogOf(machine, this.#kernel),
      image: this.#kernel,
      options: command.options,
      args: command.args,
      listing: command.listing,
      verbose: command.verbose,
      readFile: (path) => consumer.files.get(path),
    });
    consumer.say('out', listProbes(rows, command.verbose));
    consumer.say('err', messages);
  }

  #watch(consumer: GuestConsumer, users: UserImages | undefined): void {
    consumer.users = users;
    const { machine } = this;
    if (users === undefined || this.#watching || machine === undefined) return;
    this.#watching = true;
    this.#outerSwitch = machine.onSwitch;
    machine.onSwitch = () => {
      this.#outerSwitch?.();
      for (const other of this.#consumers.values()) other.users?.refresh();
    };
  }
}

/** What has no meaning inside of the guest. Throws DtraceFailure. */
function refuse(command: DtraceCommand): void {
  if (command.mode === 'header' || command.mode === 'object')
    throw new DtraceFailure(
      `dtrace: -${command.mode === 'header' ? 'h' : 'G'}: programs are compiled outside of the guest, and so are their providers`,
    );
  const [extension] = command.options.extensions.keys();
  if (extension !== undefined)
    throw new DtraceFailure(
      `dtrace: failed to set -x ${extension}: it is an option of 'probelab dtrace', outside of the guest`,
    );
  if (command.options.libraryDirs.length > 0)
    throw new DtraceFailure('dtrace: -L: libraries of the guest cannot be read from here');
}

function give(
  consumer: GuestConsumer,
  stream: 'out' | 'err',
  at: bigint,
  room: number,
  memory: UserMemory,
): bigint {
  const piece = consumer[stream].subarray(0, room);
  consumer[stream] = consumer[stream].slice(piece.length);
  if (piece.length > 0) memory.write(at, piece);
  return BigInt(piece.length);
}

/** A string with its NUL, cut to the room; 0: there is none. */
function string(text: string | undefined, at: bigint, room: number, memory: UserMemory): bigint {
  if (text === undefined) return 0n;
  const bytes = new TextEncoder().encode(`${text}\0`).subarray(0, room);
  memory.write(at, bytes);
  return BigInt(bytes.length);
}
