/** What dtrace(1) says beside the data: options that the kernel changed, permission to destroy, how commands ended, stability. */
import { describe, expect, it } from 'vitest';
import { statusDrops } from '../../engine/dtrace/consumer/messages.ts';
import type { Status } from '../../engine/dtrace/consumer/records.ts';
import { environmentArguments, OPT, parseArguments } from '../../engine/dtrace/index.ts';
import { build, options, Run } from './harness.ts';

describe('options that the kernel changed', () => {
  const told = (option: keyof typeof OPT, asked: string, became: bigint, ...settings: string[]): string => {
    const { consumer } = new Run('BEGIN { }', options(`${option}=${asked}`, ...settings));
    consumer.setOption(OPT[option], became);
    return consumer.takeStderr();
  };

  it.each([
    ['bufsize', '1g', 4n << 20n, 'buffer size lowered to 4m'],
    ['aggsize', '8m', 3276800n, 'aggregation size lowered to 3276800 bytes'],
    ['specsize', '64k', 2048n, 'speculation size lowered to 2k'],
    ['dynvarsize', '1m', 512n << 10n, 'dynamic variable size lowered to 512k'],
    ['cleanrate', '10000hz', 200000n, 'cleaning rate reduced to 5000 hz'],
    ['cleanrate', '10min', 60_000_000_000n, 'cleaning rate increased to once every 60 seconds'],
    ['cleanrate', '1hz', 999n, 'cleaning rate increased to once every 999 nanoseconds'],
  ] as const)('%s=%s became %d', (option, asked, became, message) => {
    expect(told(option, asked, became)).toBe(`dtrace: ${message}\n`);
    expect(told(option, asked, became, 'quiet')).toBe(`dtrace: ${message}\n`);
  });

  it('says nothing of sizes rounded to words', () => {
    expect(told('bufsize', '1004', 1000n)).toBe('');
  });
});

describe('notices', () => {
  it('tells that destruction is allowed, unless quiet', () => {
    expect(new Run('BEGIN { }', options('destructive')).consumer.takeStderr()).toBe(
      'dtrace: allowing destructive actions\n',
    );
    expect(new Run('BEGIN { }', options('destructive', 'quiet')).consumer.takeStderr()).toBe('');
  });

  it('keeps quiet about how commands ended', () => {
    const { consumer } = new Run('BEGIN { }', options('quiet'));
    consumer.targetExited(5, 0);
    consumer.targetExited(6, 2 << 8);
    expect(consumer.takeStderr()).toBe('');
  });

  it('an option that setopt() may not set', () => {
    const r = new Run('BEGIN { setopt("bufsize", "1m"); setopt("nosuch"); }', options('quiet'));
    r.end();
    expect(r.stderr.replace(/^.*?(?=couldn't)/gm, '')).toBe(
      'couldn\'t set option "bufsize" to "1m": Operation illegal when tracing is active\n\n' +
        'couldn\'t set option "nosuch" to "1": Invalid option name\n\n',
    );
  });
});

describe('what was dropped since the last status', () => {
  const none: Status = {
    dyndrops: 0n,
    dyndropsRinsing: 0n,
    dyndropsDirty: 0n,
    specdrops: 0n,
    specdropsBusy: 0n,
    specdropsUnavail: 0n,
    errors: 0n,
    filled: 0n,
    stkstroverflows: 0n,
    dblerrors: 0n,
    killed: false,
    exiting: false,
  };
  it.each([
    ['dyndrops', 'DYNAMIC', '1 dynamic variable drop', '2 dynamic variable drops'],
    [
      'dyndropsRinsing',
      'DYNRINSE',
      '1 dynamic variable drop with non-empty rinsing list',
      '2 dynamic variable drops with non-empty rinsing list',
    ],
    [
      'dyndropsDirty',
      'DYNDIRTY',
      '1 dynamic variable drop with non-empty dirty list',
      '2 dynamic variable drops with non-empty dirty list',
    ],
    ['specdrops', 'SPEC', '1 speculative drop', '2 speculative drops'],
    [
      'specdropsBusy',
      'SPECBUSY',
      '1 failed speculation (available buffer(s) still busy)',
      '2 failed speculations (available buffer(s) still busy)',
    ],
    [
      'specdropsUnavail',
      'SPECUNAVAIL',
      '1 failed speculation (no speculative buffer available)',
      '2 failed speculations (no speculative buffer available)',
    ],
    [
      'stkstroverflows',
      'STKSTROVERFLOW',
      '1 jstack()/ustack() string table overflow',
      '2 jstack()/ustack() string table overflows',
    ],
    ['dblerrors', 'DBLERROR', '1 error in ERROR probe enabling', '2 errors in ERROR probe enabling'],
  ] as const)('%s', (key, tag, one, two) => {
    expect(statusDrops(undefined, { ...none, [key]: 1n })).toEqual([{ tag, text: one }]);
    expect(statusDrops({ ...none, [key]: 5n }, { ...none, [key]: 7n })).toEqual([{ tag, text: two }]);
    expect(statusDrops({ ...none, [key]: 5n }, { ...none, [key]: 5n })).toEqual([]);
  });
});

describe('-v', () => {
  const block = (title: string, name: string, data: string, dependency: string): string =>
    `\n\t${title}\n\t\tIdentifier Names: ${name}\n\t\tData Semantics:   ${data}\n\t\tDependency Class: ${dependency}\n`;

  it('reports what a program depends on, at least', () => {
    expect(build('BEGIN { trace(timestamp); } END { trace(execname); }', { verbose: true }).report).toBe(
      '\nStability attributes for description BEGIN :\n' +
        block('Minimum Probe Description Attributes', 'Stable', 'Stable', 'Common') +
        block('Minimum Statement Attributes', 'Stable', 'Stable', 'Common') +
        '\n',
    );
  });

  it('with -e tells of each description, and nothing is said to match', () => {
    const p = build('BEGIN { }', { verbose: true, compileOnly: true });
    expect(p.messages).toBe('');
    expect(p.report).toContain(
      `\n:::BEGIN\n${block('Probe Description Attributes', 'Unstable', 'Unstable', 'Common')}` +
        `${block('Argument Attributes', 'Stable', 'Stable', 'Common')}\n\tArgument Types\n\t\tNone\n`,
    );
  });
});

describe('-H', () => {
  it('lists what the preprocessor includes, a dot for each level', () => {
    const { options: o } = parseArguments(['-C', '-H', '-q', '-n', 'BEGIN']);
    const files: Record<string, string> = { 'a.h': '#include "b.h"\n', 'b.h': '#define B 1\n' };
    const text = '#include "a.h"\nBEGIN { trace(B); }\n';
    const program = build({ kind: 's', text, path: 'x.d' }, { options: o, readFile: (path) => files[path] });
    expect(program.messages).toBe('. a.h\n.. b.h\n');
  });
});

describe('the environment', () => {
  it('sets options by DTRACE_OPT_ variables, in the order of their names', () => {
    const words = environmentArguments({
      DTRACE_OPT_QUIET: '',
      DTRACE_OPT_BUFSIZE: '2m',
      HOME: '/',
      DTRACE_DEBUG: '1',
    });
    expect(words).toEqual(['-x', 'bufsize=2m', '-x', 'quiet']);
    const { options: o } = parseArguments([...words, '-x', 'bufsize=1m', '-n', 'BEGIN']);
    expect([o.isSet('quiet'), o.get('bufsize')]).toEqual([true, 1n << 20n]);
  });
});
