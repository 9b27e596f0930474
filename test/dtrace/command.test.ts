/** dtrace(1)'s command line, its options, -l, and -C. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  DtraceFailure,
  listProbes,
  matchedRows,
  OPT,
  Options,
  parseArguments,
  parseProbeDesc,
  USAGE,
} from '../../engine/dtrace/index.ts';
import { build, options, Run, refusal, verdict, world } from './harness.ts';

const failure = (argv: string[], files: Record<string, string> = {}): DtraceFailure => {
  try {
    parseArguments(argv, { readFile: (p) => files[p] });
  } catch (e) {
    if (e instanceof DtraceFailure) return e;
    throw e;
  }
  throw new Error('accepted');
};

describe('arguments', () => {
  it('takes programs, options and arguments in any order', () => {
    const c = parseArguments([
      '-q',
      '-n',
      'BEGIN',
      '-b',
      '1m',
      '-x',
      'aggsize=2m',
      '-n',
      'END { }',
      'one',
      '-F',
      'two',
    ]);
    expect(c.programs).toEqual([
      { kind: 'n', text: 'BEGIN' },
      { kind: 'n', text: 'END { }' },
    ]);
    expect(c.args).toEqual(['one', 'two']);
    expect(c.options.byId(OPT.bufsize)).toBe(1n << 20n);
    expect(c.options.byId(OPT.aggsize)).toBe(2n << 20n);
    expect(c.options.isSet('quiet')).toBe(true);
    expect(c.options.isSet('flowindent')).toBe(true);
  });

  it('takes option values with or without a blank, and clusters', () => {
    expect(parseArguments(['-qn', 'BEGIN']).options.isSet('quiet')).toBe(true);
    expect(parseArguments(['-b2m', '-nBEGIN']).options.byId(OPT.bufsize)).toBe(2n << 20n);
    expect(parseArguments(['-ln', 'BEGIN']).mode).toBe('list');
    expect(parseArguments(['-c', 'ls /', '-n', 'BEGIN']).commands).toEqual(['ls /']);
  });

  it('reads scripts', () => {
    const c = parseArguments(['-s', 'a.d', 'x'], {
      readFile: (p) => (p === 'a.d' ? 'BEGIN { }' : undefined),
    });
    expect(c.programs).toEqual([{ kind: 's', text: 'BEGIN { }', path: 'a.d' }]);
    expect(failure(['-s', 'none.d']).message).toContain('none.d');
  });

  it('keeps its own options apart', () => {
    const c = parseArguments(['-x', 'scenario=csh', '-x', 'seed=3', '-x', 'ghost', '-n', 'BEGIN']);
    expect(c.options.extensions.get('scenario')).toBe('csh');
    expect(c.options.extensions.get('seed')).toBe('3');
    expect(c.options.extensions.has('ghost')).toBe(true);
  });

  it('ends with status 2 and the usage for what it does not know', () => {
    for (const argv of [['-y'], ['-n'], []]) {
      const f = failure(argv);
      expect(f.exitStatus).toBe(2);
      expect(f.message).toContain(USAGE.trimEnd());
    }
  });

  it('refuses bad option names and values', () => {
    expect(failure(['-x', 'nosuch=1', '-n', 'BEGIN']).message).toBe(
      'dtrace: failed to set -x nosuch: Invalid option name',
    );
    expect(failure(['-x', 'bufsize=lots', '-n', 'BEGIN']).message).toBe(
      'dtrace: failed to set -x bufsize: Invalid value for specified option',
    );
    expect(failure(['-x', 'bufsize=lots', '-n', 'BEGIN']).exitStatus).toBe(1);
  });
});

describe('options', () => {
  const value = (name: string, text: string | undefined): bigint => {
    const o = new Options();
    o.set(name, text);
    return o.byId((OPT as Record<string, number>)[name]);
  };

  it.each([
    ['bufsize', '4k', 4096n],
    ['bufsize', '0x10', 16n],
    ['strsize', '1M', 1n << 20n],
    ['aggsize', '1g', 1n << 30n],
    ['switchrate', '10hz', 100000000n],
    ['switchrate', '5', 5n],
    ['aggrate', '20ms', 20000000n],
    ['aggrate', '7us', 7000n],
    ['statusrate', '2s', 2000000000n],
    ['cleanrate', '1min', 60000000000n],
    ['quiet', undefined, 1n],
    ['bufpolicy', 'ring', 0n],
    ['bufpolicy', 'fill', 1n],
    ['bufpolicy', 'switch', 2n],
    ['nspec', '3', 3n],
    ['stackframes', '12', 12n],
  ])('%s=%s', (name, text, expected) => {
    expect(value(name, text)).toBe(expected);
  });

  it('takes pragmas over the command line', () => {
    const p = build(
      { kind: 's', text: '#pragma D option bufsize=64k\n#pragma D option quiet\nBEGIN { }', path: 'x.d' },
      { options: options('bufsize=1m') },
    );
    expect(p.options.byId(OPT.bufsize)).toBe(65536n);
    expect(p.messages).toBe('');
  });
});

describe('probe descriptions', () => {
  it.each([
    ['BEGIN', { provider: '', module: '', func: '', name: 'BEGIN' }],
    ['malloc:entry', { provider: '', module: '', func: 'malloc', name: 'entry' }],
    ['kernel:malloc:', { provider: '', module: 'kernel', func: 'malloc', name: '' }],
    ['fbt:::', { provider: 'fbt', module: '', func: '', name: '' }],
  ])('%s counts its colons from the right', (text, expected) => {
    expect(parseProbeDesc(text, 'name')).toMatchObject(expected);
  });

  it('says how many probes match', () => {
    expect(build('fbt:::entry').messages).toBe("dtrace: description 'fbt:::entry' matched 2 probes\n");
    expect(build('f*:*:[mf]*:').messages).toBe("dtrace: description 'f*:*:[mf]*:' matched 4 probes\n");
    expect(build('syscall:::entry, fbt::malloc: /pid/ { trace(1); }').messages).toBe(
      "dtrace: description 'syscall:::entry, fbt::malloc: ' matched 3 probes\n",
    );
    expect(build({ kind: 's', path: 'a.d', text: 'BEGIN { }' }).messages).toBe(
      "dtrace: script 'a.d' matched 1 probe\n",
    );
  });
});

describe('-l', () => {
  it('lists in columns', () => {
    const { rows, messages } = matchedRows([{ kind: 'n', text: 'fbt::malloc:entry' }], world());
    expect(messages).toBe('');
    expect(listProbes(rows)).toBe(
      '   ID   PROVIDER            MODULE                          FUNCTION NAME\n' +
        '   10        fbt            kernel                            malloc entry\n',
    );
    expect(listProbes(rows, true)).toContain(
      '\tArgument Types\n\t\targs[0]: unsigned long\n\t\targs[1]: char *\n',
    );
  });

  it('says which description matches nothing', () => {
    expect(
      matchedRows(
        [{ kind: 'n', text: 'io:::start' }],
        world({ options: parseArguments(['-l', '-n', 'x']).options }),
      ).messages,
    ).toBe('dtrace: failed to match io:::start: No probe matches description\n');
  });
});

describe('-C', () => {
  const cpp = (text: string, ...settings: string[]): string => {
    const { options: o } = parseArguments(['-C', ...settings, '-q', '-s', 'x.d'], { readFile: () => text });
    return new Run({ kind: 's', text, path: 'x.d' }, o, {
      readFile: (p) => (p.endsWith('inc.h') ? '#define INCLUDED 5\n' : undefined),
    }).end();
  };

  it('expands macros, conditions and includes', () => {
    const text =
      '#include "inc.h"\n#define TWICE(x) ((x) + (x))\n#ifdef DEBUG\nBEGIN { printf("debug "); }\n#endif\nBEGIN { printf("%d %d", TWICE(21), INCLUDED); }\n';
    expect(cpp(text)).toBe('42 5\n');
    expect(cpp(text, '-D', 'DEBUG')).toBe('debug 42 5\n');
  });

  it('leaves pragmas, strings and probe descriptions alone', () => {
    expect(
      cpp(
        '#pragma D option quiet\n#define entry no\nfbt::malloc:entry { }\nBEGIN { printf("entry"); }\n'.replace(
          '#define entry no\n',
          '',
        ),
      ),
    ).toBe('entry\n');
  });

  it('keeps line numbers', () => {
    const { options: o } = parseArguments(['-C', '-s', 'x.d'], { readFile: () => '' });
    const text = '#define A 1\n\n\nBEGIN { trace(nosuch); }\n';
    expect(refusal({ kind: 's', text, path: 'x.d' }, { options: o, readFile: () => undefined })).toContain(
      'line 4: failed to resolve nosuch',
    );
  });
});

describe('the D library', () => {
  it('compiles, whatever types the guest has', () => {
    const libraries = readdirSync('models/dlib')
      .filter((f) => f.endsWith('.d'))
      .map((name) => ({ name, text: readFileSync(`models/dlib/${name}`, 'utf8') }));
    expect(
      verdict('BEGIN { trace(curpsinfo->pr_pid); trace(NULL); trace(SIGKILL); trace(ENOENT); }', {
        libraries,
      }),
    ).toBe('ok');
  });
});
