/**
 * One refused program for every tag that the compiler uses, and the words in which dtrace(1) says some of them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_TAGS } from '../../engine/dtrace/index.ts';
import { options, refusal, type Source, verdict } from './harness.ts';

const script = (text: string): Source => ({ kind: 's', text, path: 'x.d' });
const begin = (statements: string): string => `BEGIN { ${statements} }`;

/** Tag, program. */
const REFUSED: [string, Source][] = [
  ['D_SYNTAX', 'BEGIN {'],
  ['D_SYNTAX', 'BEGIN /1/'],
  ['D_SYNTAX', begin('trace(1')],
  ['D_SYNTAX', begin('trace(1 2)')],
  ['D_SYNTAX', begin('if (1 trace(1);')],
  ['D_SYNTAX', begin('1 = ;')],
  ['D_SYNTAX', begin('printf("%")')],
  ['D_SYNTAX', begin('printf("%w", 1)')],
  ['D_SYNTAX', begin('printf("%1$d", 1)')],
  ['D_SYNTAX', begin('printf("%3.2.1d", 1)')],
  ['D_EMPTY', script('')],
  ['D_EMPTY', script('/* nothing */\n')],
  ['D_TYPE_MEMBER', begin('trace(curthread->nosuch)')],
  ['D_ASRELO', script('extern int x;\nBEGIN { trace(D`x); }')],
  ['D_CG_EXPR', begin('x = stack()')],
  ['D_CG_DYN', 'proc:::create { xlate <psinfo_t *> (args[0]); }'],
  ['D_ATTR_MIN', script('#pragma D option amin=Stable/Stable/Common\nfbt::malloc:entry { trace(arg0); }')],
  ['D_PDESC_ZERO', 'nosuch:::probe { }'],
  ['D_PDESC_ZERO', 'fbt::nosuch:entry'],
  ['D_PDESC_INVAL', 'a:b:c:d:e { }'],
  ['D_PDESC_INVAL', '99999 { }'],
  ['D_PRED_SCALAR', 'BEGIN /"text"/ { }'],
  ['D_FUNC_IDENT', begin('(1)(2)')],
  ['D_FUNC_UNDEF', begin('nosuch(1)')],
  ['D_FUNC_IDKIND', begin('pid(1)')],
  ['D_OFFSETOF_TYPE', begin('trace(offsetof(int, x))')],
  ['D_OFFSETOF_BITFIELD', begin('trace(offsetof(struct proc, p_flag))')],
  ['D_SIZEOF_TYPE', begin('trace(sizeof(void))')],
  ['D_SIZEOF_BITFIELD', begin('trace(sizeof(curthread->td_proc->p_flag))')],
  ['D_STRINGOF_TYPE', begin('trace(stringof(*curthread))')],
  ['D_OP_INT', begin('trace(~"x")')],
  ['D_OP_INT', begin('trace(1 % curthread)')],
  ['D_OP_SCALAR', begin('trace(!"x")')],
  ['D_OP_ARITH', begin('trace(-"x")')],
  ['D_OP_WRITE', 'BEGIN /execname = "csh"/ { }'],
  ['D_OP_WRITE', begin('`ticks = 1')],
  ['D_OP_LVAL', begin('1 = 2')],
  ['D_OP_LVAL', begin('(pid + 1)++')],
  ['D_OP_INCOMPAT', begin('x = 1; x = "s"')],
  ['D_OP_INCOMPAT', begin('trace(1 == "x")')],
  ['D_OP_INCOMPAT', begin('trace(pid ? "x" : 2)')],
  ['D_OP_VFPTR', begin('p = (void *)1; p++')],
  ['D_OP_ARRFUN', script('int a[4];\nBEGIN { a = 0; }')],
  ['D_OP_PTR', begin('trace(pid->x)')],
  ['D_OP_SOU', begin('trace(pid.x)')],
  ['D_OP_INCOMPLETE', 'fbt::malloc:entry { trace(args[3]->x); }'],
  ['D_OP_DYN', begin('@a = count(); trace((@a, 1))')],
  ['D_OP_ACT', begin('pid ? trace(1) : trace(2)')],
  ['D_AGG_REDEF', begin('@a = count(); @a = sum(1)')],
  ['D_AGG_FUNC', begin('@a = 1')],
  ['D_AGG_MDIM', begin('@a[1][2] = count()')],
  ['D_AGG_NULL', begin('@a[1]')],
  ['D_AGG_SCALAR', begin('@ = sum("x")')],
  ['D_ARR_BADREF', begin('x = 1; trace(x[1, 2])')],
  ['D_ARR_LOCAL', begin('this->a[1] = 1')],
  ['D_DIV_ZERO', begin('trace(1 / 0)')],
  ['D_DIV_ZERO', begin('trace(1 % 0)')],
  ['D_DEREF_NONPTR', begin('trace(*pid)')],
  ['D_DEREF_FUNC', script('int (*f)(int);\nBEGIN { trace(*f); }')],
  ['D_DEREF_VOID', begin('trace(*(void *)1)')],
  ['D_ADDROF_LVAL', begin('trace(&1)')],
  ['D_ADDROF_VAR', begin('x = 1; trace(&x)')],
  ['D_ADDROF_BITFIELD', begin('trace(&curthread->td_proc->p_flag)')],
  [
    'D_XLATE_REDECL',
    script(
      'translator psinfo_t < int p > { pr_pid = 1; };\ntranslator psinfo_t < int p > { pr_pid = 2; };\nBEGIN { }',
    ),
  ],
  [
    'D_XLATE_NOCONV',
    script(
      'struct a { int x; int y; };\ntranslator struct a < int i > { x = i; };\nBEGIN { trace((xlate <struct a> (1)).y); }',
    ),
  ],
  ['D_XLATE_NONE', begin('trace((xlate <psinfo_t> (1)).pr_pid)')],
  ['D_XLATE_SOU', script('translator int < int *i > { x = 1; };\nBEGIN { }')],
  [
    'D_XLATE_INCOMPAT',
    script('struct a { int x; };\ntranslator struct a < int *i > { x = "text"; };\nBEGIN { }'),
  ],
  ['D_XLATE_MEMB', script('struct a { int x; };\ntranslator struct a < int *i > { z = 1; };\nBEGIN { }')],
  ['D_CAST_INVAL', begin('trace((struct proc)1)')],
  ['D_PRAGERR', script('#error no more\nBEGIN { }')],
  ['D_PRAGCTL_INVAL', script('#nosuch\nBEGIN { }')],
  ['D_PRAGMA_INVAL', script('#pragma D nosuch x\nBEGIN { }')],
  ['D_PRAGMA_UNUSED', script('#pragma D attributes Stable/Stable/Common nosuch\nBEGIN { }')],
  ['D_PRAGMA_MALFORM', script('#pragma D option\nBEGIN { }')],
  ['D_PRAGMA_OPTSET', script('#pragma D option nosuch=1\nBEGIN { }')],
  ['D_PRAGMA_SCOPE', script('#pragma D attributes Stable/Stable/Common pid\nBEGIN { }')],
  ['D_PRAGMA_DEPEND', script('#pragma D depends_on library x.d\nBEGIN { }')],
  ['D_PRAGMA_DEPEND', script('#pragma D depends_on provider nosuch\nBEGIN { }')],
  ['D_MACRO_UNDEF', begin('trace($1)')],
  ['D_MACRO_UNDEF', begin('trace($nosuch)')],
  ['D_INT_OFLOW', begin('trace(18446744073709551616)')],
  ['D_INT_DIGIT', begin('trace(089)')],
  ['D_STR_NL', begin('trace("a\nb")')],
  ['D_CHR_NL', begin("trace('a\n')")],
  ['D_CHR_NULL', begin("trace('')")],
  ['D_CHR_OFLOW', begin("trace('123456789')")],
  ['D_IDENT_BADREF', begin('self->x = 1; trace(trace)')],
  ['D_IDENT_UNDEF', begin('trace(nosuch)')],
  ['D_IDENT_UNDEF', begin('trace(`nosuch)')],
  ['D_IDENT_AMBIG', begin('trace((enum state)uid == pid)')],
  ['D_SYM_NOTYPES', begin('trace(`untyped)')],
  ['D_SYM_BADREF', begin('trace(kernel``ticks)')],
  ['D_VAR_UNDEF', begin('self->x; trace(self->x)')],
  ['D_PROTO_LEN', begin('trace(strlen())')],
  ['D_PROTO_LEN', begin('x[1] = 1; x[1, 2] = 1')],
  ['D_PROTO_ARG', begin('trace(strlen(1))')],
  ['D_PROTO_ARG', begin('x[1] = 1; x["a"] = 1')],
  ['D_ARGS_MULTI', 'fbt:::entry { trace(args[0]); }'],
  ['D_ARGS_NONE', script('inline int x = args[0];\nBEGIN { trace(x); }')],
  ['D_ARGS_TYPE', 'proc:::create { trace(args[1]); }'],
  ['D_ARGS_IDX', 'fbt::malloc:entry { trace(args[9]); }'],
  ['D_ARGS_XLATOR', 'proc:::create { trace(args[3]); }'],
  ['D_REGS_IDX', begin('trace(uregs[-1])')],
  ['D_KEY_TYPE', begin('x[trace(1)] = 1')],
  ['D_PRINTF_DYN_PROTO', begin('printf("%*d")')],
  ['D_PRINTF_DYN_TYPE', begin('printf("%*d", "a", 1)')],
  ['D_PRINTF_AGG_CONV', begin('printf("%@d", 1)')],
  ['D_PRINTF_ARG_PROTO', begin('printf("%d")')],
  ['D_PRINTF_ARG_TYPE', begin('printf("%d", "x")')],
  ['D_PRINTF_ARG_EXTRA', begin('printf("x", 1)')],
  ['D_PRINTF_ARG_FMT', begin('printf(execname)')],
  ['D_PRINTF_FMT_EMPTY', begin('printf("")')],
  ['D_DECL_CHARATTR', script('long char x;\nBEGIN { }')],
  ['D_DECL_VOIDATTR', script('unsigned void x;\nBEGIN { }')],
  ['D_DECL_SIGNINT', script('unsigned float x;\nBEGIN { }')],
  ['D_DECL_LONGINT', script('long struct proc x;\nBEGIN { }')],
  ['D_DECL_CLASS', script('extern static int x;\nBEGIN { }')],
  ['D_DECL_BADCLASS', script('auto int x;\nBEGIN { }')],
  ['D_DECL_PARMCLASS', script('int x[static int];\nBEGIN { }')],
  ['D_DECL_COMBO', script('int char x;\nBEGIN { }')],
  ['D_DECL_ARRSUB', script('int x[-1];\nBEGIN { }')],
  ['D_DECL_ARRNULL', script('int x[];\nBEGIN { }')],
  ['D_DECL_ARRBIG', script('int x[0x100000000];\nBEGIN { }')],
  ['D_DECL_IDRED', script('int x;\nchar x;\nBEGIN { }')],
  ['D_DECL_IDRED', script('int pid;\nBEGIN { }')],
  ['D_DECL_TYPERED', script('struct a { int x; };\nstruct a { int y; };\nBEGIN { }')],
  ['D_DECL_MNAME', script('struct a { int; };\nBEGIN { }')],
  ['D_DECL_SCOPE', script('int a`b;\nBEGIN { }')],
  ['D_DECL_SCOPE', script('struct a`b { int x; };\nBEGIN { }')],
  ['D_DECL_BFCONST', script('struct a { int x : -1; };\nBEGIN { }')],
  ['D_DECL_BFSIZE', script('struct a { int x : 33; };\nBEGIN { }')],
  ['D_DECL_BFTYPE', script('struct a { char *x : 3; };\nBEGIN { }')],
  ['D_DECL_ENCONST', script('enum e { A = pid };\nBEGIN { }')],
  ['D_DECL_ENOFLOW', script('enum e { A = 2147483647, B };\nBEGIN { }')],
  ['D_DECL_USELESS', script('int;\nBEGIN { }')],
  ['D_DECL_LOCASSC', script('this int x[int];\nBEGIN { }')],
  ['D_DECL_VOIDOBJ', script('void x;\nBEGIN { }')],
  ['D_DECL_DYNOBJ', script('int x[3][int];\nBEGIN { }')],
  ['D_DECL_INCOMPLETE', script('struct nosuch x;\nBEGIN { }')],
  ['D_DECL_PROTO_VARARGS', script('int x[int, ...];\nBEGIN { }')],
  ['D_DECL_PROTO_TYPE', script('int x[void, int];\nBEGIN { }')],
  ['D_DECL_PROTO_VOID', script('int f(void, int);\nBEGIN { }')],
  ['D_DECL_PROTO_NAME', script('int f(void x);\nBEGIN { }')],
  ['D_DECL_PROTO_FORM', script('int x[int a, int a];\nBEGIN { }')],
  ['D_COMM_COMM', begin('commit(1); commit(1)')],
  ['D_COMM_DREC', begin('trace(1); commit(1)')],
  ['D_SPEC_SPEC', begin('speculate(1); speculate(1)')],
  ['D_SPEC_COMM', begin('commit(1); speculate(1)')],
  ['D_SPEC_DREC', begin('trace(1); speculate(1)')],
  ['D_AGG_COMM', begin('commit(1); @ = count()')],
  ['D_AGG_SPEC', begin('speculate(1); @ = count()')],
  ['D_ACT_SPEC', script('#pragma D option destructive\nBEGIN { speculate(1); stop(); }')],
  ['D_EXIT_SPEC', begin('speculate(1); exit(0)')],
  ['D_DREC_COMM', begin('commit(1); trace(1)')],
  ['D_PRINTA_PROTO', begin('printa("x")')],
  ['D_PRINTA_AGGARG', begin('printa(1)')],
  ['D_PRINTA_AGGBAD', begin('printa(@nosuch[1])')],
  ['D_PRINTA_AGGPROTO', begin('@a[1] = count(); @b["x"] = count(); printa(@a, @b)')],
  ['D_PRINTA_AGGKEY', begin('@a[1] = count(); @b[1, 2] = count(); printa(@a, @b)')],
  ['D_TRACE_VOID', begin('trace((void)1)')],
  ['D_TRACE_DYN', begin('trace(curpsinfo)')],
  ['D_TRACE_AGG', begin('@a = count(); trace(@a)')],
  ['D_PRINT_VOID', begin('print((void)1)')],
  ['D_PRINT_DYN', begin('print(curpsinfo)')],
  ['D_PRINT_AGG', begin('@a = count(); print(@a)')],
  ['D_TRACEMEM_ADDR', begin('tracemem("x", 1)')],
  ['D_TRACEMEM_SIZE', begin('tracemem(curthread, pid)')],
  ['D_TRACEMEM_ARGS', begin('tracemem(curthread, 1, 2, 3)')],
  ['D_TRACEMEM_DYNSIZE', begin('tracemem(curthread, 1, "x")')],
  ['D_STACK_PROTO', begin('stack(1, 2)')],
  ['D_STACK_SIZE', begin('stack(pid)')],
  ['D_USTACK_FRAMES', begin('ustack(pid)')],
  ['D_USTACK_STRSIZE', begin('ustack(1, pid)')],
  ['D_USTACK_PROTO', begin('ustack(1, 2, 3)')],
  ['D_LQUANT_BASETYPE', begin('@ = lquantize(1, pid, 10, 1)')],
  ['D_LQUANT_BASEVAL', begin('@ = lquantize(1, 0x100000000, 10, 1)')],
  ['D_LQUANT_LIMTYPE', begin('@ = lquantize(1, 0, pid, 1)')],
  ['D_LQUANT_LIMVAL', begin('@ = lquantize(1, 0, 0x100000000, 1)')],
  ['D_LQUANT_MISMATCH', begin('@ = lquantize(1, 10, 0, 1)')],
  ['D_LQUANT_STEPTYPE', begin('@ = lquantize(1, 0, 10, pid)')],
  ['D_LQUANT_STEPVAL', begin('@ = lquantize(1, 0, 1000000, 100000)')],
  ['D_LQUANT_STEPLARGE', begin('@ = lquantize(1, 0, 10, 11)')],
  ['D_LQUANT_STEPSMALL', begin('@ = lquantize(1, 0, 1000000, 1)')],
  ['D_LQUANT_MATCHBASE', begin('@ = lquantize(1, 0, 10, 1); @ = lquantize(1, 1, 10, 1)')],
  ['D_LQUANT_MATCHLIM', begin('@ = lquantize(1, 0, 10, 1); @ = lquantize(1, 0, 11, 1)')],
  ['D_LQUANT_MATCHSTEP', begin('@ = lquantize(1, 0, 10, 1); @ = lquantize(1, 0, 10, 2)')],
  ['D_LLQUANT_FACTORTYPE', begin('@ = llquantize(1, pid, 0, 6, 20)')],
  ['D_LLQUANT_FACTORVAL', begin('@ = llquantize(1, 100000, 0, 6, 20)')],
  ['D_LLQUANT_LOWTYPE', begin('@ = llquantize(1, 10, pid, 6, 20)')],
  ['D_LLQUANT_LOWVAL', begin('@ = llquantize(1, 10, 100000, 6, 20)')],
  ['D_LLQUANT_HIGHTYPE', begin('@ = llquantize(1, 10, 0, pid, 20)')],
  ['D_LLQUANT_HIGHVAL', begin('@ = llquantize(1, 10, 0, 100000, 20)')],
  ['D_LLQUANT_NSTEPTYPE', begin('@ = llquantize(1, 10, 0, 6, pid)')],
  ['D_LLQUANT_NSTEPVAL', begin('@ = llquantize(1, 10, 0, 6, 100000)')],
  ['D_LLQUANT_FACTORSMALL', begin('@ = llquantize(1, 1, 0, 6, 20)')],
  ['D_LLQUANT_MAGRANGE', begin('@ = llquantize(1, 10, 6, 0, 20)')],
  ['D_LLQUANT_FACTORNSTEPS', begin('@ = llquantize(1, 10, 0, 6, 5)')],
  ['D_LLQUANT_FACTOREVEN', begin('@ = llquantize(1, 10, 0, 6, 15)')],
  ['D_LLQUANT_MAGTOOBIG', begin('@ = llquantize(1, 10, 0, 30, 10)')],
  ['D_LLQUANT_FACTORMATCH', begin('@ = llquantize(1, 4, 0, 6, 16); @ = llquantize(1, 2, 0, 6, 16)')],
  ['D_LLQUANT_LOWMATCH', begin('@ = llquantize(1, 10, 0, 6, 10); @ = llquantize(1, 10, 1, 6, 10)')],
  ['D_LLQUANT_HIGHMATCH', begin('@ = llquantize(1, 10, 0, 6, 10); @ = llquantize(1, 10, 0, 7, 10)')],
  ['D_LLQUANT_NSTEPMATCH', begin('@ = llquantize(1, 10, 0, 6, 10); @ = llquantize(1, 10, 0, 6, 20)')],
  ['D_CLEAR_PROTO', begin('@a = count(); clear(@a, 1)')],
  ['D_CLEAR_AGGARG', begin('clear(1)')],
  ['D_CLEAR_AGGBAD', begin('clear(@nosuch[1])')],
  ['D_NORMALIZE_PROTO', begin('@a = count(); normalize(@a)')],
  ['D_NORMALIZE_SCALAR', begin('@a = count(); normalize(@a, "x")')],
  ['D_NORMALIZE_AGGARG', begin('normalize(1, 2)')],
  ['D_NORMALIZE_AGGBAD', begin('normalize(@nosuch[1], 2)')],
  ['D_TRUNC_PROTO', begin('@a = count(); trunc(@a, 1, 2)')],
  ['D_TRUNC_SCALAR', begin('@a = count(); trunc(@a, "x")')],
  ['D_TRUNC_AGGARG', begin('trunc(1)')],
  ['D_TRUNC_AGGBAD', begin('trunc(@nosuch[1])')],
  ['D_PROV_BADNAME', script('provider bad1 { probe go(int); };\nBEGIN { }')],
  ['D_PROV_PRDUP', script('provider p { probe go(int); probe go(int); };\nBEGIN { }')],
  ['D_PROV_INCOMPAT', script('provider profile { probe go(int); };\nBEGIN { }')],
  ['D_PROV_INCOMPAT', script('provider p { probe go(int); };\nprovider p { probe go(char *); };\nBEGIN { }')],
  ['D_PROV_PRARGLEN', script(`provider p { probe go(${new Array(256).fill('int').join()}); };\nBEGIN { }`)],
  [
    'D_PROV_PRXLATOR',
    script(
      'struct a { int x; };\nstruct b { int x; };\nprovider p { probe go(struct a *s) : (struct b *s); };\nBEGIN { }',
    ),
  ],
  ['D_FREOPEN_INVALID', script('#pragma D option destructive\nBEGIN { freopen("."); }')],
  ['D_PRINTM_SIZE', begin('printm(pid, memref(0, 8))')],
];

describe('refusals', () => {
  it.each(REFUSED)('%s: %j', (tag, program) => {
    expect(verdict(program)).toBe(tag);
  });

  it('has a refused program for every tag in use', () => {
    const used = new Set<string>();
    for (const file of readdirSync('engine/dtrace', { recursive: true, encoding: 'utf8' })) {
      if (file === 'errors.ts' || !file.endsWith('.ts')) continue;
      for (const [, tag] of readFileSync(`engine/dtrace/${file}`, 'utf8').matchAll(/'(D_[A-Z0-9_]+)'/g))
        used.add(tag);
    }
    const covered = new Set(REFUSED.map(([tag]) => tag));
    const elsewhere = new Set(ELSEWHERE);
    expect([...used].filter((t) => !covered.has(t) && !elsewhere.has(t)).sort()).toEqual([]);
    expect([...used].filter((t) => !(t in ERROR_TAGS))).toEqual([]);
  });
});

/** Tags that need more than a program (below), a process, a program of 64,000 variables, or a mistake of the compiler's own. */
const ELSEWHERE = [
  'D_PROC_ALIGN',
  'D_PROC_BADPID',
  'D_PROC_CREATEFAIL',
  'D_PROC_GRAB',
  'D_PROC_NAME',
  'D_PROC_OFF',
  'D_MACRO_OFLOW',
  'D_MACRO_UNUSED',
  'D_ID_OFLOW',
  'D_DECL_IDENT',
  'D_OP_IDENT',
  'D_PRINTM_ADDR',
  'D_UNKNOWN',
];

describe('macro arguments', () => {
  it('must be used and must fit', () => {
    expect(verdict(begin('trace(1)'), { args: ['unused'] })).toBe('D_MACRO_UNUSED');
    expect(verdict(begin('trace($1)'), { args: ['18446744073709551616'] })).toBe('D_MACRO_OFLOW');
    expect(verdict(begin('trace($1)'), { args: ['12', 'unused'] })).toBe('D_MACRO_UNUSED');
    expect(verdict(script('#pragma D option defaultargs\nBEGIN { trace($1); trace($$2); }'))).toBe('ok');
  });
});

describe('the words', () => {
  it('names the program by its kind and says where', () => {
    expect(refusal('fbt::malloc:entry /execname="csh"/ { trace(arg0); }')).toBe(
      'dtrace: invalid probe specifier fbt::malloc:entry /execname="csh"/ { trace(arg0); }: ' +
        'in predicate: operator = can only be applied to a writable variable',
    );
    expect(refusal(script('BEGIN\n{\n\ttrace(nosuch);\n}\n'))).toBe(
      'dtrace: failed to compile script x.d: line 3: failed to resolve nosuch: Unknown variable name',
    );
    expect(refusal({ kind: 'P', text: 'nosuch' })).toBe(
      'dtrace: invalid probe specifier nosuch: probe description nosuch::: does not match any probes',
    );
    expect(refusal({ kind: 'm', text: 'nosuch' })).toContain(
      'probe description :nosuch:: does not match any probes',
    );
    expect(refusal({ kind: 'f', text: 'nosuch' })).toContain(
      'probe description ::nosuch: does not match any probes',
    );
    expect(refusal({ kind: 'n', text: 'nosuch' })).toContain(
      'probe description :::nosuch does not match any probes',
    );
    expect(refusal({ kind: 'i', text: '99999' })).toContain(
      'invalid probe identifier 99999: Unknown probe identifier',
    );
  });

  it('shows tags when asked', () => {
    expect(refusal('BEGIN { trace(nosuch) }', { options: options('errtags') })).toContain(
      '[D_IDENT_UNDEF] in action list: failed to resolve nosuch',
    );
  });

  it('says what a prototype wants', () => {
    expect(refusal(begin('trace(strlen(1))'))).toContain(
      'strlen( ) argument #1 is incompatible with prototype:\n\tprototype: const char *\n\t argument: int',
    );
    expect(refusal(begin('trace(strlen())'))).toContain(
      'strlen( ) prototype mismatch: 0 args passed, 1 expected',
    );
  });

  it('refuses what it cannot do with an error, not an exception', () => {
    expect(refusal(begin('trace(1.5)'))).toContain('floating-point constants are not permitted');
  });
});
