/**
 * The compiler driver: source text to ECB descriptions.
 *
 * Parse the whole text; then, clause by clause and probe description by probe description, set the context (which probe, so which args[]), cook a
 * copy of the clause and turn its statements into actions.
 */
import type { Type } from '../../cfront/types.ts';
import { typeName } from '../dtypes.ts';
import {
  argsOf,
  attributesOf,
  descText,
  type ProbeDesc,
  type ProbeRow,
  type ProbeSpec,
  profileProbe,
} from '../probe.ts';
import type { EcbDesc, Statement } from '../program.ts';
import { type Attribute, minAttribute } from '../stability.ts';
import { ActionCompiler } from './actions/actions.ts';
import type { DifoListener } from './actions/writer.ts';
import type { Context, ProbeInfo } from './context.ts';
import { cookClause } from './cook/clause.ts';
import { ID_MOD, ID_REF } from './ident.ts';
import type { Node } from './node.ts';
import { cookProvider } from './provider.ts';
import { Parser } from './syntax/parser.ts';

export interface CompileInput {
  source: string;
  /** A file: clauses need a body, errors carry lines. */
  fromFile: boolean;
  /** Name for messages, when lines come from another file. */
  file?: string;
  spec?: ProbeSpec;
  /** $0, $1, ... */
  macroArgs?: readonly string[];
  /** A library: only declarations matter. */
  library?: boolean;
}

export interface CompileOutput {
  ecbs: EcbDesc[];
  /** Probes matched, each description of each clause counted. */
  matches: number;
}

/** Numbers statements over all programs of a command. */
export interface StatementCounter {
  next: number;
}

export function compile(
  cx: Context,
  input: CompileInput,
  counter: StatementCounter,
  onDifo?: DifoListener,
): CompileOutput {
  cx.begin({
    fromFile: input.fromFile,
    file: input.file,
    spec: input.spec ?? 'name',
    macroArgs: input.macroArgs ?? [],
  });
  for (const table of [cx.globals, cx.tls]) for (const id of table.values()) id.flags &= ~(ID_REF | ID_MOD);
  const program = new Parser(cx, input.source).program();
  for (const list of cx.pragmas.values()) {
    cx.line = list[0].line;
    if (!input.library) cx.fail('D_PRAGMA_UNUSED', `unused #pragma ${list[0].kind}`);
  }
  const argc = cx.macroArgs.length;
  if (argc > 1 && !cx.options.flags.argref && !cx.macroArgsUsed.has(argc - 1))
    cx.fail(
      'D_MACRO_UNUSED',
      `extraneous argument '${cx.macroArgs[argc - 1]}' ($${argc - 1} is not referenced)`,
    );
  if (program.length === 0 && !cx.options.flags.empty && !input.library)
    cx.fail('D_EMPTY', 'empty D program translation unit');
  const out: CompileOutput = { ecbs: [], matches: 0 };
  const actions = new ActionCompiler(cx, onDifo);
  for (const node of program) {
    if (node.kind === 'provider') cookProvider(cx, node);
    if (node.kind !== 'clause') continue;
    node.pdescs!.forEach((pdesc, i) => {
      clause(cx, node, pdesc, i === node.pdescs!.length - 1, actions, counter, out);
    });
  }
  return out;
}

function clause(
  cx: Context,
  node: Node,
  pdesc: Node,
  last: boolean,
  actions: ActionCompiler,
  counter: StatementCounter,
  out: CompileOutput,
): void {
  cx.line = pdesc.line;
  const matched = setProbe(cx, pdesc.desc!);
  out.matches += matched;
  const cooked = cookClause(cx, node, node.pred, node.acts!, last);
  const ecb: EcbDesc = { probe: pdesc.desc!, predicate: undefined, actions: [], line: node.line, uarg: 0n };
  if (cooked.pred !== undefined) ecb.predicate = actions.difo(cooked.pred);
  for (const act of cooked.acts) {
    cx.line = act.line;
    const stmt: Statement = {
      id: counter.next++,
      format: undefined,
      type: undefined,
      aggregation: 0,
      descAttr: node.ctxattr!,
      stmtAttr: node.attr,
    };
    actions.statement(ecb, stmt, act);
  }
  out.ecbs.push(ecb);
  cx.endProbe();
}

/** The probe that a clause is compiled for; returns how many the description matches. */
function setProbe(cx: Context, d: ProbeDesc): number {
  cx.endProbe();
  const rows = matchProbes(cx, d);
  if (rows.length === 0) {
    if (!cx.options.flags.zdefs)
      cx.fail(
        'D_PDESC_ZERO',
        `probe description ${d.provider}:${d.module}:${d.func}:${d.name} does not match any probes`,
      );
    cx.pdesc = d;
    return 0;
  }
  cx.pdesc = d;
  // Types of arguments take long to find, and few clauses use args[].
  cx.probeFinder = () => probeInfo(cx, d, rows);
  cx.attributes = attributesOf(rows[0]);
  if (rows.every((r) => r.provider === rows[0].provider)) {
    const a = cx.attributes;
    cx.probeAttr = [a.module, a.func].reduce(
      (m, x, i) => ((i === 0 ? d.module : d.func) === '' ? m : minAttribute(m, x)),
      minAttribute(a.provider, a.name),
    );
  }
  const { provider, module, func, name, args } = cx.attributes;
  const note = (variable: string, attr: Attribute): void => {
    const id = cx.globals.lookup(variable);
    if (id !== undefined) id.attr = attr;
  };
  note('probeprov', provider);
  note('probemod', module);
  note('probefunc', func);
  note('probename', name);
  note('args', args);
  return rows.length;
}

/** The catalog's probes, and the one that a provider would make on demand. */
export function matchProbes(cx: Context, d: ProbeDesc): ProbeRow[] {
  const rows = cx.catalog.match(d);
  if (rows.length !== 0) return rows;
  const inProcess = cx.pid?.match(cx, d) ?? [];
  if (inProcess.length !== 0) return inProcess;
  const made = profileProbe(d);
  return made !== undefined && cx.catalog.hasProvider('profile') ? [made] : [];
}

/** args[] for the description: of the one probe it matches, or of all of them if they agree. */
function probeInfo(cx: Context, d: ProbeDesc, rows: ProbeRow[]): ProbeInfo | undefined {
  const key = descText(d);
  const cached = cx.probeInfoCache.get(key);
  if (cached !== undefined) return typeof cached === 'string' ? undefined : cached;
  const first = rows[0];
  const signature = (r: ProbeRow): string =>
    argsOf(r)
      .map(
        (a) =>
          `${typeof a.native === 'string' ? a.native : typeName(a.native)}>${a.translated ?? ''}@${a.mapping ?? ''}`,
      )
      .join();
  const stable =
    rows.length === 1 ||
    rows.every(
      (r) => r.provider === first.provider && r.name === first.name && signature(r) === signature(first),
    );
  if (!stable) {
    cx.probeInfoCache.set(key, 'unstable');
    return undefined;
  }
  const args = argsOf(first);
  const native = args.map((a) => lookup(cx, a.native));
  const info: ProbeInfo = {
    row: first,
    native,
    translated: args.map((a, i) =>
      a.translated !== undefined ? lookup(cx, a.translated) : native[a.mapping ?? i],
    ),
    mapping: args.map((a, i) => a.mapping ?? i),
  };
  cx.probeInfoCache.set(key, info);
  return info;
}

const lookup = (cx: Context, spelling: string | Type): Type | undefined => {
  if (typeof spelling !== 'string') return spelling;
  try {
    return cx.types.lookup(spelling);
  } catch {
    return undefined;
  }
};
