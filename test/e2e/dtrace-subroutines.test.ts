/**
 * D's subroutines, run by the guest's kernel: edge cases of the manual's chapter "Actions and Subroutines". Each row is an expression's format and
 * what it gives; all of them are one program.
 */
import { expect, test } from 'vitest';
import { lab } from './lab.ts';

type Row = [format: string, expression: string, expected: string];

/** Strings as Perl has them: positions may be negative or beyond the end. */
const STRINGS: Row[] = [
  ['%s', 'basename("/foo/bar/")', 'bar'],
  ['%s', 'basename("")', '.'],
  ['%s', 'basename("//")', '/'],
  ['%s', 'dirname("/foo/bar/")', '/foo'],
  ['%s', 'dirname("a")', '.'],
  ['%s', 'dirname("/a")', '/'],
  ['%s', 'cleanpath("/foo/../bar//x/./y")', '/bar/x/y'],
  ['%s', 'cleanpath("/../foo/./bar/")', '/foo/bar/'],
  ['%d', 'index("abcabc", "b", 2)', '4'],
  ['%d', 'index("abc", "x")', '-1'],
  ['%d', 'index("abc", "", 10)', '3'],
  ['%d', 'index("abc", "a", -1)', '0'],
  ['%d', 'rindex("abcabc", "b", 3)', '1'],
  ['%d', 'rindex("abc", "", -1)', '0'],
  ['%d', 'rindex("abc", "a", -1)', '-1'],
  ['%s', 'substr("abcdef", 2, 3)', 'cde'],
  ['%s', 'substr("abcdef", -3, 2)', 'de'],
  ['%s', 'substr("abcdef", 2, -1)', 'cde'],
  ['%s', 'substr("abcdef", 10)', ''],
  ['%s', 'substr("abcdef", -10, 5)', 'a'],
  ['%s', 'strchr("abcb", \'b\')', 'bcb'],
  ['%s', 'strrchr("abcb", \'b\')', 'b'],
  ['%s', 'strstr("abcdef", "cd")', 'cdef'],
  ['%s', 'strtok("/a//b/c", "/")', 'a'],
  ['%s', 'strtok(NULL, "/")', 'b'],
  ['%s', 'strjoin("ab", "cd")', 'abcd'],
  ['%s', 'toupper("aBc1")', 'ABC1'],
  ['%s', 'tolower("aBC1")', 'abc1'],
  ['%d', 'strlen("")', '0'],
];

const NUMBERS: Row[] = [
  ['%s', 'lltostr(-5)', '-5'],
  ['%s', 'lltostr(255, 16)', '0xff'],
  ['%s', 'lltostr(-9223372036854775807LL - 1)', '-9223372036854775808'],
  ['%d', 'strtoll("-12x")', '-12'],
  ['%d', 'strtoll("0x1f", 16)', '31'],
  ['%x', 'htons(0x1234)', '3412'],
  ['%x', 'ntohl(0x12345678)', '78563412'],
  ['%x', 'htonll(0x123456789abcdef0)', 'f0debc9a78563412'],
  ['%s', 'json(this->doc, "a.b[1]")', 'two'],
  ['%s', 'json(this->doc, "a.b[2].c")', '3.5'],
  ['%s', 'json(this->doc, "d")', 'true'],
  ['%d', 'json(this->doc, "none") == NULL', '1'],
  ['%s', 'inet_ntop(AF_INET6, this->ip)', '2001:db8::1'],
  ['%s', 'inet_ntoa6((struct in6_addr *)this->ip)', '2001:db8::1'],
  ['%s', 'inet_ntoa((in_addr_t *)this->ip)', '32.1.13.184'],
  ['%d', 'progenyof(1)', '1'],
  ['%d', 'progenyof(99999)', '0'],
  ['%d', 'mutex_owned(&curthread->td_proc->p_mtx)', '0'],
  ['%d', 'mutex_type_adaptive(&curthread->td_proc->p_mtx)', '1'],
];

test('strings, paths, numbers, addresses, locks', async () => {
  const clause = (rows: Row[], setup = ''): string =>
    `BEGIN { ${setup}${rows.map(([format, e]) => `printf("[${format}]\\n", ${e});`).join(' ')} }`;
  const setup =
    'this->doc = "{\\"a\\":{\\"b\\":[1,\\"two\\",{\\"c\\":3.5}]},\\"d\\":true}"; this->ip = (uint8_t *)alloca(16); ' +
    'this->ip[0] = 0x20; this->ip[1] = 1; this->ip[2] = 0xd; this->ip[3] = 0xb8; this->ip[15] = 1; ';
  const program = `${clause(STRINGS)} ${clause(
    NUMBERS.map((r) => [r[0], r[1].replace('AF_INET6', '28'), r[2]]),
    setup,
  )} BEGIN { exit(0); }`;
  const { out, err } = await lab('dtrace', '-qn', program);
  const rows = [...STRINGS, ...NUMBERS];
  expect(err).toBe('');
  expect(
    out
      .split('\n')
      .slice(0, rows.length)
      .map((got, i) => `${rows[i][1]} = ${got}`),
  ).toEqual(rows.map(([, e, expected]) => `${e} = [${expected}]`));
});

test('faults: each kind, its clause ended and no other, ERROR where the fault was', async () => {
  const program = `
    ERROR { printf("E %d %d %d\\n", arg1, arg2, arg4); }
    BEGIN { printf("a\\n"); trace(1 / (pid - pid)); printf("never\\n"); }
    BEGIN { printf("b\\n"); }
    BEGIN /*(int *)8/ { printf("never\\n"); }
    BEGIN { @[*(int *)16] = count(); }
    BEGIN { alloca(100000000); printf("never\\n"); }
    BEGIN { commit(-1); }
    BEGIN { bcopy(alloca(1), (void *)8, 1); }
    BEGIN { strtok(NULL, "a"); }
    BEGIN { self->s = speculation(); self->t = speculation(); }
    BEGIN { speculate(self->t); printf("never\\n"); }
    BEGIN { printf("c %d %d\\n", self->s, self->t); exit(4); }`;
  const { code, out, err } = await lab('dtrace', '-qn', program.replace('/*(', '/ *('));
  expect(code).toBe(4);
  // divide-by-zero 4, bad address 1, no scratch space 5, illegal operation 3
  expect(out).toBe('E 2 2 4\nb\nE 4 0 1\nE 5 2 1\nE 6 1 5\nE 7 1 3\nE 8 1 1\nE 9 1 1\nc 1 0\n\n');
  expect(err.split('\n').filter((line) => line.includes('error on enabled probe'))).toHaveLength(7);
  expect(err).toContain('dtrace: 1 failed speculation (no speculative buffer available)\n');
  expect(err).toMatch(/ID 7 \(ID 1: dtrace:::BEGIN\): illegal operation in action #1\n/);
  expect(err).toMatch(
    /ID 4 \(ID 1: dtrace:::BEGIN\): invalid address \(0x8\) in predicate at DIF offset \d+\n/,
  );
});
