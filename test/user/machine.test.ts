/**
 * User land on the whole machine: programs that need a kernel, the shell's language, the small programs' output.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compileProgram } from '../../engine/guestc/build.ts';
import { loadProfile } from '../../engine/image/profile.ts';
import { loadScenario, scenarioNames } from '../../engine/run/scenario.ts';
import { Session } from '../../engine/run/session.ts';
import { programs } from './guest.ts';

const golden = fileURLToPath(new URL('golden', import.meta.url));
const haveGcc = spawnSync('gcc', ['--version']).status === 0;

interface Outcome {
  output: string;
  status: number | undefined;
}

async function boot(
  rc: string,
  names: string[] = [],
  options: {
    compile?: string;
    files?: Record<string, string>;
    console?: { atNs: number; text: string }[];
  } = {},
): Promise<Outcome> {
  const output: Buffer[] = [];
  let ready = false;
  const extra =
    options.compile === undefined
      ? []
      : [
          compileProgram([`${programs}/${options.compile}.c`], {
            name: options.compile,
            profile: loadProfile('amd64'),
          }),
        ];
  const session = await Session.open(
    {
      version: 'test',
      machine: 'amd64',
      cpus: 4,
      seed: 1,
      simtimeNs: 10e9,
      scenario: {
        name: 'test',
        description: '',
        files: { ...options.files, '/etc/rc': `${rc}\n` },
        programs: names,
        console: options.console ?? [],
      },
    },
    {
      extraPrograms: extra,
      sites: () => false,
      mark: (text) => {
        if (text === 'ready') ready = true;
      },
      console: (bytes) => {
        if (ready) output.push(Buffer.from(bytes));
      },
    },
  );
  const result = await session.run();
  const text = Buffer.concat(output).toString('latin1').replaceAll('\r\n', '\n');
  return { output: text.replace(/Uptime: .*\n[\s\S]*$/, ''), status: result.exitStatus };
}

/** What the program prints on the host, where its standard output and error are one file. */
function byGcc(name: string): string {
  const dir = mkdtempSync(`${tmpdir()}/probelab-user-`);
  try {
    execFileSync('gcc', ['-w', '-D_GNU_SOURCE', '-pthread', '-o', `${dir}/a.out`, `${programs}/${name}.c`]);
    return execFileSync('sh', ['-c', `${dir}/a.out 2>&1`], { encoding: 'latin1' });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

describe('programs print what they print on the host', () => {
  for (const name of ['setjmp', 'signals', 'stdio', 'threads'])
    test(name, { timeout: 60_000 }, async () => {
      const path = `${golden}/${name}.txt`;
      if (process.env['UPDATE_GOLDEN'] && haveGcc) writeFileSync(path, byGcc(name), 'latin1');
      if (!existsSync(path))
        throw new Error(`${path} is missing: run with UPDATE_GOLDEN=1 where gcc is installed`);
      const { output, status } = await boot(`${name}`, [], { compile: name });
      // The kernel notes on the console who died of a signal.
      const own = output.replaceAll(/^pid \d+ \(.*\n/gm, '');
      expect(own).toBe(readFileSync(path, 'latin1'));
      expect(status).toBe(0);
    });
});

const SHELL = `
set x = (one two three)
echo $x $#x $x[2] $x[2-] $?x $?nosuch "$x" a\${x}b
set x[2] = 2nd; echo $x
setenv LANG C ; echo "$LANG" '$LANG' \\$LANG
@ n = (3 + 4) * 2 - 1 ; echo $n
@ n += 7 ; @ n++ ; echo $n
set i = 0
while ($i < 4)
	@ i++
	if ($i == 2) continue
	if ($i == 4) break
	if ($i == 1) then
		echo one
	else if ($i == 3) then
		echo three
	else
		echo never
	endif
end
foreach f (a b)
	foreach g (1 2 3)
		if ($g == 2 && $f == b) continue
		echo -n "$f$g "
	end
	echo
end
(echo sub; exit 3) ; echo status $status
false && echo no || echo yes
true ; echo $?
echo \`echo a b\` end > /tmp/o ; cat /tmp/o ; cat < /tmp/o >> /tmp/p ; cat /tmp/o /tmp/p | wc -l
nosuch >& /tmp/err ; cat /tmp/err
cat /nonexistent |& cat
cat <<END
here $x[1] "quoted"
END
cat <<'END'
$x \`date\` "
END
echo /etc/r* /tmp/[op] ; echo '*' \\*
if ("abcd" =~ a*d) echo match
if (-d /tmp && ! -e /tmp/none) echo files
repeat 3 echo -n r ; echo
echo hidden > /tmp/.dot ; cd /tmp ; echo * ; pwd
sleep 100 &
kill -9 $! ; wait
sh -c 'echo $0 $1' arg0 arg1
echo $0 $#argv ; which cat cd
exit (2 + 3)
`;

const SHELL_OUTPUT = `one two three 3 two two three 1 0 one two three aone two threeb
one 2nd three
C $LANG $LANG
13
21
one
three
a1 a2 a3 
b1 b3 
sub
status 3
yes
0
a b end
       2
nosuch: Command not found.
cat: /nonexistent: No such file or directory
here one "quoted"
$x \`date\` "
/etc/rc /tmp/o /tmp/p
* *
match
files
rrr
err o p
/tmp
arg0 arg1
/etc/rc 0
/bin/cat
cd: shell built-in command.
`;

describe('csh', () => {
  test('its language', { timeout: 60_000 }, async () => {
    const { output, status } = await boot(SHELL);
    expect(output).toBe(SHELL_OUTPUT);
    expect(status).toBe(5);
  });

  test('an error in a script ends it with status 1', { timeout: 60_000 }, async () => {
    expect(await boot('echo before\necho $nosuch\necho after')).toEqual({
      output: 'before\nnosuch: Undefined variable.\n',
      status: 1,
    });
    expect((await boot("echo 'open\necho after")).output).toBe("Unmatched '''.\n");
  });

  test('at the console: prompt, echo, background jobs, errors that do not end it', {
    timeout: 60_000,
  }, async () => {
    const typed = ['echo hi', 'nosuch', 'echo $none', 'sleep 0.01 &', 'echo waited', 'exit 7'];
    const { output, status } = await boot('csh -i', ['echo', 'sleep'], {
      console: typed.map((text, i) => ({ atNs: 50e6 + i * 50e6, text: `${text}\n` })),
    });
    expect(output.replace(/^\[1\] \d+$/m, '[1] N')).toBe(
      `# echo hi
hi
# nosuch
nosuch: Command not found.
# echo $none
none: Undefined variable.
# sleep 0.01 &
[1] N
# echo waited
waited
[1]    Done
# exit 7
`,
    );
    expect(status).toBe(7);
  });

  test('^C ends the command, not the shell; ^D ends the input', { timeout: 60_000 }, async () => {
    const typed = [
      'sleep 100\n',
      '\u0003',
      'echo $status\n',
      'cat\n',
      'text\n',
      '\u0004',
      'foreach i (1 2)\n',
      'echo $i\n',
      'end\n',
      '\u0004',
    ];
    const { output, status } = await boot('csh -i\necho still here', ['cat', 'sleep'], {
      console: typed.map((text, i) => ({ atNs: 50e6 + i * 50e6, text })),
    });
    expect(output).toBe(`# sleep 100
^C
# echo $status
130
# cat
text
text
# foreach i (1 2)
? echo $i
1
? end
2
# exit
still here
`);
    expect(status).toBe(0);
  });
});

describe('programs', () => {
  test('dd: records, partial blocks, conversions, messages', { timeout: 60_000 }, async () => {
    const { output } = await boot(`
echo hello, world > /tmp/a
dd if=/tmp/a bs=4 status=noxfer
dd if=/tmp/a ibs=3 obs=5 conv=ucase status=noxfer
dd if=/tmp/a of=/tmp/b bs=5 skip=1 seek=2 conv=sync status=none ; wc -c /tmp/b
dd if=/dev/zero of=/tmp/c bs=1kx2 count=3 status=none ; ls -l /tmp/c | wc -w ; wc -c /tmp/c
dd if=/tmp/a bs=3 conv=swab status=noxfer
dd if=/tmp/a count=0 status=none
dd if=/dev/zero of=/dev/null bs=10m count=1
dd if=/nonexistent ; dd foo=1 ; dd bs=0 ; dd conv=nosuch ; dd bs=1 ibs=2 ; dd status=x ; dd bs`);
    expect(output.replace(/in [\d.]+ secs \(\d+ bytes/, 'in T secs (R bytes')).toBe(`hello, world
3+1 records in
3+1 records out
HELLO, WORLD
4+1 records in
2+1 records out
      20 /tmp/b
       9
    6144 /tmp/c
ehlol,w olrd
4+1 records in
4+1 records out
5 odd length swab blocks
1+0 records in
1+0 records out
10485760 bytes transferred in T secs (R bytes/sec)
dd: /nonexistent: No such file or directory
dd: unknown operand foo
dd: bs must be between 1 and 9223372036854775807
dd: unknown conversion nosuch
dd: ibs: illegal argument combination or already set
dd: unknown status x
dd: unknown operand bs
`);
  });

  test('files: ls, mkdir, cp, rm, head, wc, cat -n', { timeout: 60_000 }, async () => {
    const { output } = await boot(
      `
mkdir -p /tmp/a/b ; echo one > /tmp/a/f ; echo two >> /tmp/a/f ; cp /tmp/a/f /tmp/a/b
ls -1RF /tmp ; ls -l /tmp/a/f | wc -w ; cat -n /tmp/a/f ; head -1 /tmp/a/f /tmp/a/b/f
wc /tmp/a/f /tmp/a/b/f ; rm /tmp/a ; rm -r /tmp/a ; ls /tmp ; rm /tmp/a ; rm -f /tmp/a ; mkdir /etc
yes | head -2 ; date +%Y ; /bin/kill -l 137 ; kill 99999
time false ; echo $status`,
    );
    expect(output.replace(/ +\d+\.\d\d (real|user|sys)/g, ' T $1')).toBe(`a/

/tmp/a:
b/
f

/tmp/a/b:
f
       9
     1	one
     2	two
==> /tmp/a/f <==
one

==> /tmp/a/b/f <==
one
       2       2       8 /tmp/a/f
       2       2       8 /tmp/a/b/f
       4       4      16 total
rm: /tmp/a: is a directory
rm: /tmp/a: No such file or directory
mkdir: /etc: File exists
y
y
2023
KILL
99999: No such process
 T real T user T sys
1
`);
  });

  test('procstat -at has its layout', { timeout: 60_000 }, async () => {
    const { output } = await boot('sleep 1 &\nprocstat -at\nprocstat -h 1');
    const lines = output.split('\n');
    expect(lines[0]).toBe('  PID    TID COMM                TDNAME              CPU  PRI STATE   WCHAN    ');
    expect(lines[1]).toMatch(/^ {4}0 100000 kernel {14}swapper {15}\d +\d+ sleep {3}swapin {3}$/);
    expect(output).toMatch(/^ {4}1 100001 init {16}- +\d +\d+ sleep {3}wait {5}$/m);
    expect(output).toMatch(/^ +\d+ +\d+ sleep {15}- +\d +\d+ sleep {3}nanslp {3}$/m);
    expect(output).toMatch(/^ +10 +\d+ idle {16}idle: cpu3 +3 +255 run {5}- {8}$/m);
    expect(lines.at(-2)).toMatch(/^ {4}1 {5}0 {5}1 {5}1 {3}1 sleep {4}wait {6}init {15}$/);
  });
});

describe('the scenarios that ship', () => {
  test('are well-formed', () => {
    for (const name of scenarioNames()) expect(loadScenario(name).files['/etc/rc'], name).toBeDefined();
  });

  // Each checks itself: a workload that went wrong exits with 1.
  for (const name of ['forks', 'malloc', 'locks', 'pipes'])
    test(`${name} runs to its end`, { timeout: 60_000 }, async () => {
      const s = loadScenario(name);
      const { output, status } = await boot(s.files['/etc/rc'], s.programs);
      expect(status, output).toBe(0);
      expect(output).not.toMatch(/WRONG|[1-9]\d* failed/);
    });
});
