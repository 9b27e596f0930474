/** The manual's chapters on types, variables, inlines, translators and the preprocessor: programs that must compile, and what they print. */
import { describe, expect, it } from 'vitest';
import { options, quiet, Run, refusal, type Source, verdict } from './harness.ts';

const script = (text: string): Source => ({ kind: 's', text, path: 'x.d' });
const run = (text: string): string[] => quiet(script(text)).trimEnd().split('\n');

describe('types', () => {
  it('memory of alloca(), stores through pointers and pointer arithmetic', () => {
    expect(
      run(
        'struct list { struct list *next; int v; };\n' +
          'BEGIN { this->n = (struct list *)alloca(sizeof (struct list)); this->n->v = 5; this->n->next = this->n; ' +
          'printf("%d ", this->n->next->next->v); this->p = (int *)alloca(16); *this->p = 1; *(this->p + 1) = 2; this->p[2] = 3; ' +
          'this->p++; (*this->p)++; *this->p += 10; printf("%d %d %d", *this->p, this->p[1], this->p - (this->p - 1)); ' +
          '((struct list *)alloca(16))->v = 1; }',
      ),
    ).toEqual(['5 13 3 1']);
  });

  it('sizes', () => {
    expect(
      run(
        'int m[3][4];\nBEGIN { printf("%d %d %d %d", sizeof (m), sizeof (NULL), sizeof ("hi"), sizeof (\'c\')); }',
      ),
    ).toEqual(['48 4 3 4']);
  });

  it('a variable that was not declared keeps 64 bits, a declared one its own', () => {
    expect(
      run(
        'int d; BEGIN { u = 0; u = 0x123456789; d = 0x123456789; printf("%d %d", u == 0x123456789, d == 0x23456789); }',
      ),
    ).toEqual(['1 1']);
  });
});

describe('names', () => {
  it('declarations between clauses, enumerators called like probes, types called like variables', () => {
    expect(
      verdict(
        script(
          'enum { BEGIN, END };\nBEGIN { x = 1; }\nint late;\nself int last[dev_t];\nBEGIN { late = 2; self->last[1] = late; }\n' +
            'typedef int foo;\nstruct s { foo foo; };\nfoo y;\nEND { y = 1; }',
        ),
      ),
    ).toBe('ok');
  });

  it('forward tags, tags by module, externs that nobody uses', () => {
    expect(
      verdict(
        script(
          'struct fwd;\nstruct fwd *p;\nstruct fwd { int x; };\nextern int foo;\nint func(int);\n' +
            'BEGIN { trace(sizeof (struct fwd)); trace((D`int)5); trace((C`int)5); this->f = (struct D`fwd *)alloca(4); this->f->x = 1; ' +
            'trace((struct kernel`proc *)0 == NULL); }',
        ),
      ),
    ).toBe('ok');
  });

  it('symbols of modules that are not there, or on the other side', () => {
    expect(refusal('BEGIN { trace(nosuch`ticks); }')).toContain(
      'failed to resolve nosuch`ticks: Unknown module name',
    );
    expect(refusal('BEGIN { trace(kernel`nosuch); }')).toContain(
      'failed to resolve kernel`nosuch: Unknown symbol name',
    );
    expect(refusal('BEGIN { trace(kernel``ticks); }')).toContain(
      "kernel module 'kernel' symbol 'ticks' may not be referenced as a user symbol",
    );
  });
});

describe('inlines and translators', () => {
  it('inlines with parameters, as constants, and used as arrays', () => {
    expect(
      run(
        'inline int N = 3;\ninline int add[int a, int b] = a + b * 2;\ninline string pick[int i] = i == 0 ? "zero" : i == 1 ? "one" : "many";\n' +
          'int arr[N * 2];\nBEGIN { printf("%d %s %s %s %d", add[3, 4], pick[0], pick[1], pick[5], sizeof (arr)); }',
      ),
    ).toEqual(['11 zero one many 24']);
  });

  it('translators from pointers and values, whole or member by member', () => {
    const text = `
struct in1 { int z; int w; };
struct out1 { int a; int b; string s; long l; };
translator struct out1 < struct in1 *P > { a = P->z; b = P->w + P->z; s = "tr"; };
translator struct out1 < int i > { a = i; l = i * 2; };
BEGIN { this->i = (struct in1 *)alloca(sizeof (struct in1)); this->i->z = 4; this->i->w = 5;
	this->o = xlate <struct out1> (this->i); this->q = xlate <struct out1> (21);
	printf("%d %d %d %s %d %d", (xlate <struct out1 *> (this->i))->a, xlate <struct out1 *> (this->i)->b, this->o.b, this->o.s, this->o.l, this->q.l); }`;
    expect(run(text)).toEqual(['4 9 9 tr 0 42']);
  });

  it('provider declarations', () => {
    expect(
      verdict(
        script(
          'provider p { probe go(int); probe on__ce(void); probe two(int a, char *b) : (char *b, int a); };\nBEGIN { }',
        ),
      ),
    ).toBe('ok');
  });
});

describe('-C', () => {
  const cpp = (text: string, files: Record<string, string> = {}): string[] => {
    const out = new Run(script(text), options('quiet', 'cpp'), { readFile: (path) => files[path] }).end();
    return out.trimEnd().split('\n');
  };

  it('macros that paste, quote, take any number of arguments, and make whole clauses', () => {
    expect(
      cpp(`#define ADD(a, b) ((a) + (b))
#define STR(x) #x
#define XSTR(x) STR(x)
#define CAT(a, b) a ## b
#define VAL 42
#define SHOW(fmt, ...) printf(fmt, ## __VA_ARGS__)
#define NAMED(fmt, args...) printf(fmt, ## args)
#define LATER ADD
#define CLAUSE(p, e) p { e; }
#if defined(__SUNW_D) && VAL == 42 && !defined(NOPE)
CLAUSE(BEGIN, printf("clause "))
#else
#error not here
#endif
BEGIN { CAT(pri, ntf)("%d %s %s ", ADD(1, 2), STR(a b), XSTR(VAL)); SHOW("%d ", 5); SHOW("none "); NAMED("%d ", 6); printf("%d", LATER(3, 4)); } // end
`),
    ).toEqual(['clause 3 a b 42 5 none 6 7']);
  });
});
