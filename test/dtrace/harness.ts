/** Compiles programs against a small made-up guest and runs them on the stand-in kernel. */
import {
  arrayOf,
  CHAR,
  INT,
  LONG,
  pointerTo,
  type RecordType,
  type Type,
  UINT,
} from '../../engine/cfront/types.ts';
import { typedefOf } from '../../engine/dtrace/dtypes.ts';
import {
  type CompileWorld,
  type Consumer,
  compilePrograms,
  DtraceFailure,
  Options,
  ProbeCatalog,
  type ProbeRow,
  type Program,
  type ProgramSource,
} from '../../engine/dtrace/index.ts';
import { type Firing, TestKernel } from './kernel.ts';

const proc: RecordType = {
  kind: 'struct',
  tag: 'proc',
  fields: [],
  complete: true,
  size: 48,
  align: 8,
  quals: 0,
};
const thread: RecordType = {
  kind: 'struct',
  tag: 'thread',
  fields: [],
  complete: true,
  size: 32,
  align: 8,
  quals: 0,
};
proc.fields.push(
  { name: 'p_pid', type: INT, offset: 0 },
  { name: 'p_flag', type: UINT, offset: 4, bitOffset: 3, bitWidth: 5 },
  { name: 'p_sign', type: INT, offset: 4, bitOffset: 8, bitWidth: 4 },
  { name: 'p_pptr', type: pointerTo(proc), offset: 8 },
  { name: 'p_comm', type: arrayOf(CHAR, 20), offset: 16 },
);
thread.fields.push(
  { name: 'td_tid', type: UINT, offset: 0 },
  { name: 'td_proc', type: pointerTo(proc), offset: 8 },
  { name: 'td_long', type: LONG, offset: 16 },
);
const forward: RecordType = {
  kind: 'struct',
  tag: 'hidden',
  fields: [],
  complete: false,
  size: 0,
  align: 1,
  quals: 0,
};

const state: Type = {
  kind: 'enum',
  tag: 'state',
  members: [
    { name: 'IDLE', value: 0n },
    { name: 'RUNNING', value: 1n },
    { name: 'pid', value: 2n },
  ],
  complete: true,
  quals: 0,
} as Type;

export const TYPES = new Map<string, Type>([
  ['enum state', state],
  ['struct proc', proc],
  ['struct thread', thread],
  ['struct hidden', forward],
  ['u_int', typedefOf('u_int', UINT)],
]);

export const ROWS: ProbeRow[] = [
  { id: 1, provider: 'dtrace', module: '', func: '', name: 'BEGIN' },
  { id: 2, provider: 'dtrace', module: '', func: '', name: 'END' },
  { id: 3, provider: 'dtrace', module: '', func: '', name: 'ERROR' },
  {
    id: 10,
    provider: 'fbt',
    module: 'kernel',
    func: 'malloc',
    name: 'entry',
    argTypes: [
      { native: 'unsigned long' },
      { native: 'char *' },
      { native: 'int' },
      { native: 'struct hidden *' },
    ],
  },
  {
    id: 11,
    provider: 'fbt',
    module: 'kernel',
    func: 'malloc',
    name: 'return',
    argTypes: [{ native: 'int' }],
  },
  {
    id: 12,
    provider: 'fbt',
    module: 'kernel',
    func: 'fork1',
    name: 'entry',
    argTypes: [{ native: 'struct thread *' }],
  },
  { id: 13, provider: 'fbt', module: 'kernel', func: 'fork1', name: 'return' },
  {
    id: 20,
    provider: 'syscall',
    module: 'freebsd',
    func: 'read',
    name: 'entry',
    argTypes: [{ native: 'int' }],
  },
  {
    id: 21,
    provider: 'syscall',
    module: 'freebsd',
    func: 'read',
    name: 'return',
    argTypes: [{ native: 'int' }],
  },
  {
    id: 30,
    provider: 'proc',
    module: 'kernel',
    func: 'none',
    name: 'create',
    argTypes: [
      { native: 'struct proc *', translated: 'psinfo_t *' },
      { native: 'struct nosuch *' },
      { native: 'int', translated: 'nosuch_t' },
      { native: 'int', translated: 'psinfo_t' },
    ],
  },
  { id: 40, provider: 'profile', module: '', func: '', name: 'tick-1' },
];

export const LIBRARIES = [
  {
    name: 'test.d',
    text: `inline long NULL = 0;
typedef struct psinfo { int pr_pid; string pr_psargs; } psinfo_t;
translator psinfo_t < struct proc *P > { pr_pid = P->p_pid; pr_psargs = P->p_comm; };
inline psinfo_t *curpsinfo = xlate <psinfo_t *> (curthread->td_proc);
inline int LIBRARY_CONSTANT = 7;
inline int doubled[int x] = x + x;
`,
  },
];

export function world(extra: Partial<CompileWorld> = {}): CompileWorld {
  return {
    catalog: new ProbeCatalog(ROWS),
    types: new Map([['kernel', TYPES]]),
    symbols: (module, name) => {
      if (name === 'ticks' && (module === undefined || module === 'kernel'))
        return { module: 'kernel', name, address: 0x2000n, size: 4, type: INT };
      if (name === 'untyped') return { module: 'kernel', name, address: 0x2008n, size: 4, type: undefined };
      return undefined;
    },
    libraries: LIBRARIES,
    ...extra,
  };
}

export type Source = string | ProgramSource;
const source = (s: Source): ProgramSource => (typeof s === 'string' ? { kind: 'n', text: s } : s);

export function build(programs: Source | Source[], extra: Partial<CompileWorld> = {}): Program {
  const list = Array.isArray(programs) ? programs : [programs];
  return compilePrograms(list.map(source), world(extra));
}

/** The tag of the error, or "ok". */
export function verdict(program: Source, extra: Partial<CompileWorld> = {}): string {
  try {
    build(program, extra);
    return 'ok';
  } catch (e) {
    if (e instanceof DtraceFailure) return e.tag ?? e.message;
    throw e;
  }
}

/** The whole message of the error. */
export function refusal(program: Source, extra: Partial<CompileWorld> = {}): string {
  try {
    build(program, extra);
    return '';
  } catch (e) {
    if (e instanceof DtraceFailure) return e.message;
    throw e;
  }
}

export function options(...settings: string[]): Options {
  const o = new Options();
  for (const s of settings) {
    const eq = s.indexOf('=');
    if (eq < 0) o.set(s, undefined);
    else o.set(s.slice(0, eq), s.slice(eq + 1));
  }
  return o;
}

export class Run {
  readonly program: Program;
  readonly kernel: TestKernel;
  readonly consumer: Consumer;
  private text = '';
  stderr = '';

  constructor(programs: Source | Source[], o: Options = new Options(), extra: Partial<CompileWorld> = {}) {
    this.program = build(programs, { options: o, ...extra });
    this.kernel = new TestKernel(this.program.dof(), ROWS, o.number('strsize', 256));
    this.consumer = this.program.consumer({
      symbols: {
        kernel: (pc) =>
          pc >= 0x1000n && pc < 0x2000n
            ? { module: 'kernel', func: pc < 0x1800n ? 'malloc' : 'fork1', offset: pc & 0xffn }
            : undefined,
        user: (pid, pc) => (pid === 7 ? { module: 'a.out', func: 'main', offset: pc & 0xffn } : undefined),
      },
    });
    for (const e of this.kernel.eprobes()) this.consumer.eprobe(e);
    for (const a of this.kernel.aggdescs()) this.consumer.aggdesc(a);
    this.consumer.go();
    this.fire('dtrace', '', 'BEGIN');
  }

  fire(provider: string, func: string, name: string, f: Firing = {}): this {
    this.kernel.fire(provider, func, name, f);
    return this;
  }

  /** Hand all buffers over, as at switchrate. */
  switch(): this {
    for (const cpu of this.kernel.cpus()) this.consumer.aggsnap(cpu, this.kernel.takeAggregations(cpu));
    for (const cpu of this.kernel.cpus()) this.consumer.consume(cpu, this.kernel.takeBuffer(cpu));
    for (const cpu of [0, 1, 2, 3]) this.consumer.consume(cpu, this.kernel.takeBuffer(cpu));
    for (const item of this.consumer.take()) if (item.kind === 'text') this.text += item.text;
    this.stderr += this.consumer.takeStderr();
    return this;
  }

  /** END, the last buffers, the final output: all that dtrace(1) printed. */
  end(): string {
    this.fire('dtrace', '', 'END');
    this.switch();
    this.consumer.stopped();
    for (const item of this.consumer.take()) if (item.kind === 'text') this.text += item.text;
    this.stderr += this.consumer.takeStderr();
    return this.text;
  }
}

/** Output of a quiet program whose work is done in BEGIN and END, less the final newline. */
export function quiet(program: Source, ...settings: string[]): string {
  const out = new Run(program, options('quiet', ...settings)).end();
  return out.endsWith('\n') ? out.slice(0, -1) : out;
}
