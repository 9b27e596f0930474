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
  UNSET,
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

  it('names what -h and -G write after the script, or as -o says', () => {
    const readFile = () => 'provider p { probe q(); };';
    const c = (...argv: string[]) => {
      const { mode, output } = parseArguments(argv, { readFile });
      return [mode, output];
    };
    expect(c('-h', '-s', 'src/prov.d')).toEqual(['header', 'prov.h']);
    expect(c('-G', '-s', 'src/prov.d')).toEqual(['object', 'prov.o']);
    expect(c('-h', '-s', 'src/prov.d', '-o', 'x/y.h')).toEqual(['header', 'x/y.h']);
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

  it.each([
    [2, '-n', 'option requires an argument -- n'],
    [2, '-x', 'option requires an argument -- x'],
    [2, '-k', 'illegal option -- k'],
    [2, '-l -V', 'only one of the [-AGhlV] options can be specified at a time'],
    [2, '-lG', 'only one of the [-AGhlV] options can be specified at a time'],
    [2, '-A -n BEGIN', '-A: anonymous tracing spans a reboot'],
    [2, '-G', '-G requires one or more scripts or enabling options'],
    [2, '-h -s x.d -s x.d', '-h requires an output file if multiple scripts are specified'],
    [2, '-h -n BEGIN', '-h requires an output file if no scripts are specified'],
    [2, '-32 -n BEGIN', '-32: the guest is a 64-bit system'],
    [1, '-q', 'no probes specified'],
    [1, '-b zz -n BEGIN', 'failed to set -b zz: Invalid value for specified option'],
    [1, '-X z -n BEGIN', 'failed to set -X z: Invalid value for specified option'],
    [1, '-p x1 -n BEGIN', 'invalid pid: x1'],
    [1, '-p -1 -n BEGIN', 'invalid pid: -1'],
    [1, '-s none.d', 'failed to open none.d: No such file or directory'],
    [1, '-x =3 -n BEGIN', 'failed to set -x : Invalid option name'],
  ])('%d %s: %s', (status, argv, message) => {
    const f = failure(argv.split(' '), { 'x.d': 'BEGIN' });
    expect(f.exitStatus).toBe(status);
    expect(f.message).toContain(`dtrace: ${message}`);
  });

  it('tells why a script cannot be read', () => {
    const unreadable = (code: string) => () => {
      throw Object.assign(new Error('?'), { code });
    };
    expect(() => parseArguments(['-s', 'd'], { readFile: unreadable('EISDIR') })).toThrow(
      'dtrace: failed to open d: Is a directory',
    );
  });

  it('-e and -a need no program; words after -- are arguments', () => {
    expect(parseArguments(['-e']).compileOnly).toBe(true);
    expect(parseArguments(['-a']).options.isSet('grabanon')).toBe(true);
    expect(parseArguments(['-n', 'BEGIN', '--', '-3']).args).toEqual(['-3']);
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
    ['stackframes', undefined, 0n],
    ['switchrate', '0hz', 0n],
    ['switchrate', undefined, 0n],
    ['aggrate', '2HZ', 500000000n],
    ['dynvarsize', '2T', 2n << 40n],
    ['bufsize', '010', 8n],
    ['quiet', 'no', UNSET],
    ['quiet', '', UNSET],
    ['quiet', 'Enabled', 1n],
    ['quiet', 'OFF', UNSET],
    ['cpu', '3', 3n],
  ])('%s=%s', (name, text, expected) => {
    expect(value(name, text)).toBe(expected);
  });

  it.each([
    ...'bufsize= bufsize bufsize=4kk bufsize=k bufsize=-1 bufsize=09 strsize=1.5 aggsize=x'.split(' '),
    ...'switchrate=5fortnights cleanrate=hz1 aggrate=1.5s statusrate=-1s'.split(' '),
    ...'nspec=4k stackframes=x quiet=maybe bufpolicy=lifo bufpolicy bufresize=never'.split(' '),
    ...'cpp=yes defaultargs=1 zdefs=x cpphdrs=1 aggpercpu=1 debug=1 verbose=2'.split(' '),
    ...'amin=foo amin evaltime=never evaltime linkmode=x linktype=x stdc=q encoding=ebcdic oformat=json'.split(
      ' ',
    ),
    ...'iregs=0 iregs tregs=x pgmax=-1 tree=0 ctypes ldpath setenv define incdir libdir'.split(' '),
  ])('-x %s has no such value', (setting) => {
    const name = setting.replace(/=.*/, '');
    expect(failure(['-x', setting, '-n', 'BEGIN']).message).toBe(
      `dtrace: failed to set -x ${name}: Invalid value for specified option`,
    );
  });

  it('version= says what is wrong with it', () => {
    const told = (v: string) => failure(['-x', `version=${v}`, '-n', 'BEGIN']).message.replace(/.*: /, '');
    expect(told('abc')).toBe('Version is not properly formatted or is too large');
    expect(told('9.9')).toBe('Requested version is not supported by compiler');
  });

  it('iregs and tregs limit the code; verbose lists it', () => {
    expect(refusal('BEGIN { trace(1 + arg0 * 3 + (arg1 * arg2)); }', { options: options('iregs=2') })).toBe(
      'dtrace: invalid probe specifier BEGIN { trace(1 + arg0 * 3 + (arg1 * arg2)); }: Insufficient registers to generate code',
    );
    expect(refusal('BEGIN { x[1, 2] = 1; }', { options: options('tregs=1') })).toContain(
      'Insufficient tuple registers to generate code',
    );
    expect(build('BEGIN { trace(1); }', { options: options('verbose') }).messages).toContain(
      'setx DT_INTEGER[0], %r1',
    );
  });

  it('a program sets the options that concern it, and no others', () => {
    const told = (setting: string) =>
      refusal({ kind: 's', text: `#pragma D option ${setting}\nBEGIN { }`, path: 'x.d' }).replace(
        /.*line 1: /,
        '',
      );
    for (const setting of 'quiet=no destructive nspec=4 defaultargs empty pspec zdefs iregs=8 nolibs aggpack'.split(
      ' ',
    ))
      expect([setting, told(setting)]).toEqual([setting, '']);
    expect(told('define=A')).toBe(
      "failed to set option 'define' to 'A': Option cannot be used from within a D program",
    );
    expect(told('seed=3')).toContain('Option cannot be used from within a D program');
    expect(told('nosuch')).toBe("failed to set option 'nosuch': Invalid option name");
    expect(told('bufsize=x')).toBe(
      "failed to set option 'bufsize' to 'x': Invalid value for specified option",
    );
  });

  it('there is no anonymous state to claim', () => {
    expect(refusal('BEGIN', { options: options('grabanon') })).toBe(
      "dtrace: description 'BEGIN' matched 1 probe\ndtrace: could not enable tracing: No anonymous tracing state",
    );
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

  it('takes -D and -U in their order', () => {
    const text = '#ifdef A\nBEGIN { trace(A); }\n#else\nBEGIN { trace("none"); }\n#endif\n';
    expect(cpp(text, '-U', 'A', '-D', 'A=3')).toBe('3\n');
    expect(cpp(text, '-D', 'A=3', '-U', 'A')).toBe('none\n');
  });

  it('says what the preprocessor said, and that it failed', () => {
    const { options: o } = parseArguments(['-C', '-s', 'x.d'], { readFile: () => '' });
    const told = (text: string) =>
      refusal({ kind: 's', text, path: 'x.d' }, { options: o, readFile: () => undefined });
    expect(told('#include "no.h"\nBEGIN { }\n')).toBe(
      '"x.d", line 1: no.h: No such file or directory\n' +
        'dtrace: failed to compile script x.d: Preprocessor failed to process input program',
    );
    expect(told('\n#error no way\n')).toMatch(
      /^"x.d", line 2: #error no way\ndtrace: failed to compile script/,
    );
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
  it('a mistake in a file of -L is told; one that needs what is not there is left out', () => {
    const library = (text: string) => ({
      libraries: [{ name: 'm.d', path: 'lib/m.d', text }],
      options: options('nspec=1'),
    });
    expect(refusal('BEGIN { }', library('inline int x = ;\n'))).toBe(
      'dtrace: invalid probe specifier BEGIN { }: "lib/m.d", line 1: syntax error near ";"',
    );
    expect(verdict('BEGIN { }', library('#pragma D depends_on provider nosuch\ninline int x = ;\n'))).toBe(
      'ok',
    );
  });

  it('compiles, whatever types the guest has', () => {
    const libraries = readdirSync('models/dlib')
      .filter((f) => f.endsWith('.d'))
      .map((name) => ({ name, text: readFileSync(`models/dlib/${name}`, 'utf8'), shipped: true }));
    expect(
      verdict('BEGIN { trace(curpsinfo->pr_pid); trace(NULL); trace(SIGKILL); trace(ENOENT); }', {
        libraries,
      }),
    ).toBe('ok');
  });
});
