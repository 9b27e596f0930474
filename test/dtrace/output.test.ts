/**
 * What dtrace(1) prints, byte for byte. The expectations come from the manual's descriptions of each action and its output format.
 * A middle dot stands for a space at the end of a line.
 */
import { describe, expect, it } from 'vitest';
import { options, quiet, Run, type Source } from './harness.ts';

const dots = (text: string): string => text.replace(/ $/gm, '·');

function run(program: Source | Source[], drive: (r: Run) => void = () => {}, ...settings: string[]): string {
  const r = new Run(program, options(...settings));
  drive(r);
  return dots(r.end());
}

function errors(program: Source, drive: (r: Run) => void = () => {}, ...settings: string[]): string {
  const r = new Run(program, options(...settings));
  drive(r);
  r.end();
  return r.stderr;
}

describe('the default format', () => {
  it('prints a heading, a line for each firing, and columns by the size of what is traced', () => {
    expect(
      run(
        'BEGIN { trace(1); trace("hello"); trace(-5); trace((char)65); trace((short)-3); } END { trace(1LL << 40); }',
      ),
    ).toBe(
      'CPU     ID                    FUNCTION:NAME\n' +
        '  0      1                           :BEGIN         1  hello                                   -5  65 65533\n' +
        '  0      2                             :END     1099511627776\n' +
        '\n',
    );
  });

  it('prints a line for a clause without actions, none for one that only aggregates', () => {
    expect(run('BEGIN { } END { @ = count(); }')).toBe(
      'CPU     ID                    FUNCTION:NAME\n' +
        '  0      1                           :BEGIN·\n' +
        '\n                1\n',
    );
  });

  it('prints printf text after the probe, without another line end', () => {
    expect(run('BEGIN { printf("a\\n"); } END { printf("b"); }')).toBe(
      'CPU     ID                    FUNCTION:NAME\n' +
        '  0      1                           :BEGIN a\n\n' +
        '  0      2                             :END b\n\n',
    );
  });

  it('prints nothing but what the program asks for with -q', () => {
    expect(run('BEGIN { trace(1); trace("x"); printf("%d\\n", 2); }', undefined, 'quiet')).toBe('1x2\n\n');
  });

  it('shows bytes that are no text in rows of sixteen', () => {
    expect(
      run('BEGIN { trace("ab"); }', undefined, 'rawbytes', 'strsize=16'),
    ).toBe(`CPU     ID                    FUNCTION:NAME
  0      1                           :BEGIN·
             0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f  0123456789abcdef
         0: 61 62 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ab..............


`);
  });

  it('indents by entry and return with -F', () => {
    expect(
      run(
        'fbt:::, syscall::: { trace(timestamp); }',
        (r) =>
          r
            .fire('syscall', 'read', 'entry')
            .fire('fbt', 'fork1', 'entry')
            .fire('fbt', 'malloc', 'entry')
            .fire('fbt', 'malloc', 'return')
            .fire('fbt', 'fork1', 'return')
            .fire('syscall', 'read', 'return'),
        'flowindent',
      ),
    ).toBe(`CPU FUNCTION                                ·
  0  => read                                               2000
  0    -> fork1                                            3000
  0      -> malloc                                         4000
  0      <- malloc                                         5000
  0    <- fork1                                            6000
  0  <= read                                               7000

`);
  });

  it('indents from the margin for each CPU, unless all are shown in order of time', () => {
    const calls = (r: Run): unknown =>
      r
        .fire('syscall', 'read', 'entry')
        .fire('fbt', 'malloc', 'entry', { cpu: 1 })
        .fire('fbt', 'malloc', 'return', { cpu: 1 });
    const shown = (...o: string[]): string[] =>
      run('fbt:::, syscall::: { printf("."); }', calls, 'flowindent', ...o)
        .split('\n')
        .filter((line) => /^ +\d/.test(line))
        .map((line) => line.replace(/ +·?\.·?$/, ''));
    expect(shown()).toEqual(['  0  => read', '  1  -> malloc', '  1  <- malloc']);
    expect(shown('temporal')).toEqual(['  0  => read', '  1    -> malloc', '  1    <- malloc']);
  });

  it('does not count what was called before flowindent was set', () => {
    expect(
      run(
        'fbt::fork1:entry { setopt("flowindent"); } fbt::malloc: { printf("."); } fbt::fork1:entry { }',
        (r) => r.fire('fbt', 'malloc', 'entry').fire('fbt', 'fork1', 'entry').fire('fbt', 'malloc', 'return'),
      ),
    ).toBe(`CPU     ID                    FUNCTION:NAME
  0     10                     malloc:entry .
  0     12                      fork1:entry·
  0 | fork1:entry                            ·
  0  <- malloc                                .

`);
  });
});

describe('printf', () => {
  it.each([
    ['"%d %i %u %x %X %o %c %s", 1, -2, 3, 255, 255, 8, 65, "str"', '1 -2 3 ff FF 10 A str'],
    ['"%5d|%-5d|%05d|%+d|% d|%#x|%#o", 42, 42, 42, 42, 42, 255, 8', '   42|42   |00042|+42| 42|0xff|010'],
    [
      '"%5s|%-5s|%.2s|%*d|%-*d|%.*s", "ab", "ab", "abcdef", 5, 42, 5, 42, 2, "xyz"',
      '   ab|ab   |ab|   42|42   |xy',
    ],
    ['"%hd %lld %hu", (short)70000, 1LL << 40, (unsigned short)-1', '4464 1099511627776 65535'],
    ['"%x %u", (char)-1, (unsigned char)-1', 'ff 255'],
    ['"%p %a", 0x1234, 0x1010', '1234 kernel`malloc+0x10'],
    ['"%Y", 1000000000000000000', '2001 Sep  9 01:46:40'],
    ['"%S|%%", "a\\tb"', 'a\\tb|%'],
    ['"%wc", 65', 'A'],
  ])('printf(%s)', (args, expected) => {
    expect(quiet(`BEGIN { printf(${args}); }`)).toBe(expected);
  });
});

describe('aggregations', () => {
  it('sorts by value, keys in columns', () => {
    expect(quiet('BEGIN { @["b", 2] = sum(10); @["a", 1] = sum(20); @["c", 0] = sum(5); }')).toBe(`
  c                                                         0                5
  b                                                         2               10
  a                                                         1               20`);
  });

  it.each([
    ['aggsortkey', [1, 2, 3]],
    ['aggsortrev', [2, 1, 3]],
  ])('option %s', (option, order) => {
    const text = quiet('BEGIN { @[3] = sum(1); @[1] = sum(2); @[2] = sum(3); }', option);
    expect([...text.matchAll(/^ +(\d+) +\d+$/gm)].map((m) => Number(m[1]))).toEqual(order);
  });

  it('prints several side by side', () => {
    expect(
      quiet(
        'BEGIN { @a["x"] = count(); @a["y"] = count(); @a["y"] = count(); @b["y"] = sum(10); @b["z"] = sum(7); printa("%3s %@3d %@3d\\n", @a, @b); }',
      ),
    ).toBe('  z   0   7\n  x   1   0\n  y   2  10\n');
    expect(quiet('BEGIN { @a[1] = count(); @b[1] = sum(2); printa(@a, @b); }')).toBe(
      '\n        1                1                2\n',
    );
  });

  it('normalizes, truncates and clears what is printed afterwards', () => {
    expect(
      quiet(
        'BEGIN { @a[1] = sum(10); @a[2] = sum(20); @a[3] = sum(30); normalize(@a, 10); printa("%d:%@d ", @a); denormalize(@a); ' +
          'trunc(@a, 2); printa("%d:%@d ", @a); trunc(@a, -1); printa("%d:%@d ", @a); clear(@a); printa("%d:%@d", @a); trunc(@a); }',
      ),
    ).toBe('1:1 2:2 3:3 2:20 3:30 2:20 2:0');
  });

  it('computes averages, deviations and extremes', () => {
    expect(
      quiet(
        'BEGIN { @ = avg(1); @ = avg(2); @s = stddev(1); @s = stddev(5); @m = min(3); @m = min(-4); @x = max(-3); @x = max(-9); }',
      ),
    ).toBe('\n                1\n                2\n               -4\n               -3');
  });

  it('draws powers of two', () => {
    expect(
      dots(quiet('BEGIN { @ = quantize(0); @ = quantize(1); @ = quantize(5); @ = quantize(-3); }')),
    ).toBe(`

           value  ------------- Distribution ------------- count   ·
              -4 |                                         0       ·
              -2 |@@@@@@@@@@                               1       ·
              -1 |                                         0       ·
               0 |@@@@@@@@@@                               1       ·
               1 |@@@@@@@@@@                               1       ·
               2 |                                         0       ·
               4 |@@@@@@@@@@                               1       ·
               8 |                                         0       ·
`);
  });

  it('draws linear steps with both ends', () => {
    expect(
      dots(
        quiet(
          'BEGIN { @ = lquantize(5, 0, 10, 2); @ = lquantize(-1, 0, 10, 2); @ = lquantize(50, 0, 10, 2); }',
        ),
      ),
    ).toBe(`

           value  ------------- Distribution ------------- count   ·
             < 0 |@@@@@@@@@@@@@                            1       ·
               0 |                                         0       ·
               2 |                                         0       ·
               4 |@@@@@@@@@@@@@                            1       ·
               6 |                                         0       ·
               8 |                                         0       ·
           >= 10 |@@@@@@@@@@@@@                            1       ·
`);
  });

  it('draws linear steps within magnitudes', () => {
    expect(
      dots(quiet('BEGIN { @ = llquantize(150, 10, 0, 2, 10); @ = llquantize(7, 10, 0, 2, 10); }')),
    ).toBe(`

           value  ------------- Distribution ------------- count   ·
               6 |                                         0       ·
               7 |@@@@@@@@@@@@@@@@@@@@                     1       ·
               8 |                                         0       ·
               9 |                                         0       ·
              10 |                                         0       ·
              20 |                                         0       ·
              30 |                                         0       ·
              40 |                                         0       ·
              50 |                                         0       ·
              60 |                                         0       ·
              70 |                                         0       ·
              80 |                                         0       ·
              90 |                                         0       ·
             100 |@@@@@@@@@@@@@@@@@@@@                     1       ·
             200 |                                         0       ·
`);
  });

  it('prints each round in the order of the program', () => {
    expect(
      run(
        'tick-1 { @ = count(); printa("%@d\\n", @); clear(@); } END { printa("end %@d\\n", @); }',
        (r) => r.fire('profile', '', 'tick-1').switch().fire('profile', '', 'tick-1').switch(),
        'quiet',
      ),
    ).toBe('1\n1\nend 0\n\n');
  });
});

describe('faults and exits', () => {
  it('reports a fault on stderr and goes on', () => {
    const fault = (r: Run): unknown => r.fire('fbt', 'malloc', 'entry');
    expect(errors('fbt::malloc:entry { trace(*(int *)0); }', fault)).toBe(
      'dtrace: error on enabled probe ID 1 (ID 10: fbt:kernel:malloc:entry): invalid address (0x0) in action #1 at DIF offset 16\n',
    );
    expect(errors('fbt::malloc:entry { self->x = 1; trace(1 / (int)arg0); }', fault)).toContain(
      'divide-by-zero in action #2 at DIF offset',
    );
  });

  it('takes the exit status from exit()', () => {
    const r = new Run('BEGIN { exit(3); }');
    r.end();
    expect(r.consumer.exitStatus).toBe(3);
  });

  it('says what was dropped and of what', () => {
    const r = new Run('BEGIN { trace(1); }');
    r.consumer.consume(1, new Uint8Array(0), 3);
    r.consumer.aggsnap(0, new Uint8Array(0), 1);
    r.switch();
    expect(r.stderr).toBe('dtrace: 3 drops on CPU 1\ndtrace: 1 aggregation drop on CPU 0\n');
  });

  it('says how the command ended', () => {
    const r = new Run('BEGIN { }');
    r.consumer.targetExited(5, 0);
    r.consumer.targetExited(6, 2 << 8);
    r.consumer.targetExited(7, 11);
    expect(r.consumer.takeStderr()).toBe(
      'dtrace: pid 5 has exited\ndtrace: pid 6 exited with status 2\ndtrace: pid 7 terminated by SIGSEGV\n',
    );
  });

  it('hands commands and files over in order with the text', () => {
    const r = new Run(
      'BEGIN { printf("one\\n"); system("echo %d", 1); printf("two\\n"); freopen("/tmp/x"); printf("in the file\\n"); freopen(""); }',
      options('destructive', 'quiet'),
    );
    for (const cpu of r.kernel.cpus()) r.consumer.consume(cpu, r.kernel.takeBuffer(cpu));
    expect(r.consumer.take()).toEqual([
      { kind: 'text', text: 'one\n' },
      { kind: 'system', command: 'echo 1' },
      { kind: 'text', text: 'two\n' },
      { kind: 'freopen', file: '/tmp/x', where: 'error on enabled probe ID 1 (ID 1: dtrace:::BEGIN): ' },
      { kind: 'text', text: 'in the file\n' },
      { kind: 'freopen', file: undefined, where: 'error on enabled probe ID 1 (ID 1: dtrace:::BEGIN): ' },
    ]);
  });
});

describe('the language', () => {
  it.each([
    ['if (1 > 2) { printf("a"); } else if (2 > 1) { printf("b"); } else { printf("c"); }', 'b'],
    ['x = 3; printf("%d", x++ + ++x)', '8'],
    ['a[1, "k"] = 5; a[1, "k"] += 2; printf("%d %d", a[1, "k"], a[2, "k"])', '7 0'],
    ['self->a["q"] = 1; self->a["q"]++; printf("%d", self->a["q"])', '2'],
    ['this->x = 10; printf("%d %d", this->x, this->x << 3 | 1)', '10 81'],
    ['printf("%s", 1 < 2 ? "yes" : "no")', 'yes'],
    ['printf("%d", (int)sizeof(struct proc) + sizeof(x = 1))', '52'],
    ['printf("%d", strlen("abc") * 7 % 5)', '1'],
    ['printf("%d %d", LIBRARY_CONSTANT, doubled[21])', '7 42'],
    ['printf("%d%d%d%d", "a" == "a", "a" < "b", "b" <= "a", "a" != "b")', '1101'],
    ['printf("%s", strjoin("a", strjoin("b", "c")))', 'abc'],
  ])('%s', (statements, expected) => {
    expect(quiet(`BEGIN { ${statements}; }`)).toBe(expected);
  });

  it('takes arguments of the command as macros', () => {
    const r = new Run('BEGIN { printf("%d %s %d", $1, $$2, $$1 == "12"); }', options('quiet'), {
      args: ['12', 'two'],
    });
    expect(r.end()).toBe('12 two 1\n');
  });
});

describe('%P', () => {
  it('names a port, or gives its number', () => {
    expect(
      quiet('BEGIN { printf("%P %P %8P|%-6P|", (uint16_t)80, (uint16_t)4242, (uint16_t)22, (uint16_t)53); }'),
    ).toBe('http 4242      ssh|domain|');
  });
});
