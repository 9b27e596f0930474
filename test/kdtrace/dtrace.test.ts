// The kernel half of DTrace, called function by function on a shim kernel: what one firing records, what it never does.
// D programs are compiled by libdtrace's half, so these are tests of both halves' agreement on DIF, DOF and records too.
import { describe, expect, test } from 'vitest';
import { compileShim, ShimMachine, testProfile } from './machine.ts';
import { compileD, Tracer } from './tracer.ts';

const profile = testProfile();
const image = compileShim(profile);

function trace(
  source: string,
  body: (t: Tracer) => void,
  options: ConstructorParameters<typeof Tracer>[2] = {},
): Tracer {
  const t = new Tracer(new ShimMachine(image, profile), `inline long NULL = 0; ${source}`, options).go();
  body(t);
  return t;
}
/** Values of the records after firing test:::fire with these first arguments. */
function fired(source: string, ...first: bigint[]): unknown[][] {
  return trace(source, (t) => {
    for (const a of first) t.fire(a, a * 2n, -a);
  }).values();
}
/** One expression's value when test:::fire fires with arg0 = 5, arg1 = 10, arg2 = -5. */
const value = (expr: string): unknown => fired(`test:::fire { trace(${expr}); }`, 5n)[0]?.[0];

describe('expressions', () => {
  test.each<[string, bigint | string]>([
    ['arg0 + arg1 * 3', 35n],
    ['arg2 / 2', -2n],
    ['arg2 % 3', -2n],
    ['arg0 << 60 >> 60', 5n],
    ['(unsigned char)arg2', 251n],
    ['(short)(arg0 + 65536)', 5n],
    ['arg0 > arg2 ? "greater" : "less"', 'greater'],
    ['(uint64_t)arg0 > (uint64_t)arg2', 0n],
    ['arg0 == 5 && !(arg1 != 10)', 1n],
    ['~arg0', -6n],
    ['arg2 < 0 ^^ arg0 < 0', 1n],
    ['execname == "proc0"', 1n],
    ['execname < "proc1"', 1n],
    ['pid', 0n],
    ['tid', 100000n],
    ['probeprov', 'test'],
    ['probename', 'fire'],
    ['cpu', 0n],
    ['strlen("hello")', 5n],
    ['strjoin(execname, "!")', 'proc0!'],
    ['lltostr(arg2)', '-5'],
    ['lltostr(255, 16)', '0xff'],
    ['substr("hello world", 6)', 'world'],
    ['substr("hello world", -5, 3)', 'wor'],
    ['substr("hello", 10)', ''],
    ['index("hello", "l")', 2n],
    ['index("hello", "l", 3)', 3n],
    ['index("hello", "z")', -1n],
    ['rindex("hello", "l")', 3n],
    ['rindex("hello", "l", 2)', 2n],
    ['strstr("foobar", "ob")', 'obar'],
    ['strchr("foobar", \'b\')', 'bar'],
    ['strrchr("foobar", \'o\')', 'obar'],
    ['strtok("a,b;c", ",;")', 'a'],
    ['toupper("aBc1")', 'ABC1'],
    ['tolower("aBc1")', 'abc1'],
    ['basename("/usr/bin/dd")', 'dd'],
    ['basename("/usr/bin//")', 'bin'],
    ['basename("///")', '/'],
    ['basename("")', '.'],
    ['dirname("/usr/bin/dd")', '/usr/bin'],
    ['dirname("/usr")', '/'],
    ['dirname("usr")', '.'],
    ['cleanpath("/a//b/./c/../d")', '/a/b/d'],
    ['cleanpath("/../x")', '/x'],
    ['strtoll("-12z")', -12n],
    ['strtoll("ff", 16)', 255n],
    ['htons(0x1234)', 0x3412n],
    ['htonl(0x12345678)', 0x78563412n],
    ['json("{\\"a\\":[1,{\\"b\\":\\"x y\\"}]}", "a[1].b")', 'x y'],
    ['json("{\\"a\\": [ 1 , 2 ] }", "a[1]")', '2'],
    ['progenyof(0)', 1n],
    ['inet_ntop(2, alloca(4))', '0.0.0.0'],
    ['inet_ntop(28, alloca(16))', '::'],
  ])('%s is %s', (expr, expected) => {
    expect(value(expr)).toEqual(expected);
  });

  test('strtok goes on where it stopped, and ends with NULL', () => {
    expect(
      fired(
        'test:::fire { trace(strtok("a,,b", ",")); trace(strtok(NULL, ",")); trace(strtok(NULL, ",") == NULL); }',
        1n,
      ),
    ).toEqual([['a', 'b', 1n]]);
  });
});

describe('variables', () => {
  test('global, clause-local, thread-local and associative ones keep their values', () => {
    expect(
      fired(
        'int64_t n; test:::fire { n += arg0; this->y = n * 2; self->z = this->y + 1; a[arg0, "k"] = execname; } ' +
          'test:::fire { trace(n); trace(this->y); trace(self->z); trace(a[arg0, "k"]); }',
        1n,
        2n,
      ),
    ).toEqual([
      [1n, 2n, 3n, 'proc0'],
      [3n, 6n, 7n, 'proc0'],
    ]);
  });
  test('string variables are copied, and unassigned ones are empty', () => {
    expect(
      fired('string s; test:::fire { trace(s); s = execname; trace(s); trace(strlen(s)); }', 1n),
    ).toEqual([['', 'proc0', 5n]]);
  });
  test('thread-local variables belong to their thread', () => {
    const t = trace('test:::fire /arg0/ { self->x = arg0; } test:::fire /!arg0/ { trace(self->x); }', (t) => {
      t.fire(7n);
      t.m.call('shim_run_on', 1n, 3n);
      t.fire(0n);
      t.fire(9n);
      t.fire(0n);
      t.m.call('shim_run_on', 1n, 0n);
      t.fire(0n);
    });
    expect(t.values()).toEqual([[0n], [9n], [7n]]);
  });
  test('assigning 0 frees the space, after cleaning', () => {
    const t = trace('test:::fire { a[arg0] = arg1; } ', () => {}, { dynvarsize: 4096n });
    for (let i = 1n; i <= 200n; i++) {
      t.fire(i, 1n);
      t.fire(i, 0n);
      if (i % 5n === 0n) t.m.call('shim_run_callouts');
    }
    expect(Number(t.status().dyndrops + t.status().dyndropsDirty + t.status().dyndropsRinsing)).toBe(0);
  });
  test('without room, the clause is dropped and counted', () => {
    const t = trace('test:::fire { a[arg0] = 1; trace(arg0); }', () => {}, { dynvarsize: 2048n });
    for (let i = 1n; i <= 40n; i++) t.fire(i);
    const n = t.values().length;
    expect(n).toBeGreaterThan(2);
    expect(n).toBeLessThan(20);
    expect(Number(t.status().dyndrops)).toBe(40 - n);
  });
});

describe('aggregations', () => {
  const program =
    'test:::fire { @c = count(); @s = sum(arg1); @a = avg(arg0); @m = min(arg2); @x = max(arg2); @d = stddev(arg0); ' +
    '@q = quantize(arg0); @l = lquantize(arg0, 0, 10, 2); @w = quantize(arg0, arg1); @ll = llquantize(arg0, 10, 0, 2, 10); }';
  const t = trace(program, (t) => {
    for (const a of [1n, 2n, 3n, 4n, 50n]) t.fire(a, a * 2n, -a);
  });
  const aggs = t.aggregations();
  const of = (i: number) => aggs[i].value;
  test('count, sum, avg, min, max, stddev', () => {
    expect(of(0)).toEqual([5n]);
    expect(of(1)).toEqual([120n]);
    expect(of(2)).toEqual([5n, 60n]);
    expect(of(3)).toEqual([-50n]);
    expect(of(4)).toEqual([-1n]);
    expect(of(5)).toEqual([5n, 60n, 1n + 4n + 9n + 16n + 2500n, 0n]);
  });
  test('quantize: bucket 64 is 1, 65 is 2 and 3', () => {
    const q = of(6);
    expect(q.length).toBe(127);
    expect([q[63], q[64], q[65], q[66], q[69]]).toEqual([0n, 1n, 2n, 1n, 1n]);
  });
  test('lquantize: underflow, steps, overflow', () => {
    expect(of(7).slice(1)).toEqual([0n, 1n, 2n, 1n, 0n, 0n, 1n]);
  });
  test('an increment counts instead of 1', () => {
    expect(of(8)[65]).toBe(10n);
  });
  test('llquantize: steps within each power', () => {
    const ll = of(9).slice(1);
    expect(ll.reduce((a, b) => a + b)).toBe(5n);
    expect([ll[1], ll[2], ll[3], ll[4]]).toEqual([1n, 1n, 1n, 1n]);
  });
  test('keys are told apart by all their parts, strings up to their NUL', () => {
    const t = trace('test:::fire { @[arg0 % 2, execname] = count(); }', (t) => {
      for (const a of [1n, 2n, 3n]) t.fire(a);
      t.m.call('shim_execname', 0n, t.m.text('p'));
      t.fire(1n);
      t.m.call('shim_execname', 0n, t.m.text('proc0'));
      t.fire(1n);
    });
    const byKey = t.aggregations().map((a) => [...a.keys, a.value[0]]);
    expect(byKey).toEqual([
      [1n, 'proc0', 3n],
      [0n, 'proc0', 1n],
      [1n, 'p', 1n],
    ]);
  });
  test('each CPU has its own buffer; a snapshot empties it', () => {
    const t = trace('test:::fire { @ = count(); }', (t) => {
      t.fire(1n);
      t.m.call('shim_run_on', 1n, 0n);
      t.fire(1n);
      t.fire(1n);
    });
    expect(t.aggregations().map((a) => a.value[0])).toEqual([1n, 2n]);
    t.fire(1n);
    expect(t.aggregations().map((a) => a.value[0])).toEqual([1n]);
  });
  test('no room for a new key is a drop', () => {
    const t = trace('test:::fire { @[arg0] = count(); }', () => {}, { aggsize: 1024n });
    for (let i = 0n; i < 100n; i++) t.fire(i);
    const n = t.aggregations().length;
    expect(n + Number(t.drops)).toBe(100);
    expect(n).toBeGreaterThan(5);
  });
});

describe('principal buffers', () => {
  test('a full half drops, and the next half begins empty', () => {
    const t = trace('test:::fire { trace(arg0); }', () => {}, { bufsize: 256n });
    for (let i = 0n; i < 20n; i++) t.fire(i);
    const first = t.values();
    expect(first.length + Number(t.drops)).toBe(20);
    expect(first[0]).toEqual([0n]);
    t.fire(99n);
    expect(t.values()).toEqual([[99n]]);
  });
  test('ring keeps the newest', () => {
    const t = trace('test:::fire { trace(arg0); trace((char)arg0); }', () => {}, {
      bufsize: 512n,
      bufpolicy: 0n,
    });
    for (let i = 0n; i < 100n; i++) t.fire(i);
    t.stop();
    const got = t.values().map((v) => v[0]);
    expect(got.length).toBeGreaterThan(8);
    expect(got).toEqual(Array.from({ length: got.length }, (_, i) => BigInt(100 - got.length + i)));
  });
  test('fill keeps the oldest, with room for END', () => {
    const t = trace('test:::fire { trace(arg0); } END { trace("end"); }', () => {}, {
      bufsize: 1024n,
      bufpolicy: 1n,
    });
    for (let i = 0n; i < 100n; i++) t.fire(i);
    expect(Number(t.status().filled)).toBe(1);
    t.stop();
    const got = t.values().map((v) => v[0]);
    expect(got[0]).toBe(0n);
    expect(got[got.length - 1]).toBe('end');
    expect(got.length).toBeGreaterThan(10);
  });
  test('a clause without actions has a bare record; one that only assigns has none', () => {
    const t = trace('test:::fire { } test:::fire { n = arg0; } test:::fire { @ = count(); }', (t) =>
      t.fire(1n),
    );
    expect(t.records().map((r) => r.epid)).toEqual([1]);
  });
  test('buffers are halved until they fit', () => {
    const t = trace('test:::fire { trace(arg0); }', () => {}, { bufsize: 1n << 22n });
    expect(t.option('bufsize')).toBeLessThan(1n << 22n);
  });
});

describe('order of things', () => {
  test('BEGIN, probes, END; exit() in BEGIN stops later BEGIN clauses', () => {
    const t = trace(
      'BEGIN { trace(1); exit(3); trace(2); } BEGIN { trace(9); } test:::fire { trace(5); } END { trace(7); }',
      (t) => t.fire(1n),
    );
    expect(t.status().exiting).toBe(true);
    t.stop();
    expect(t.values()).toEqual([[1n, 3n, 2n], [7n]]);
  });
  test('timestamp is one value within a clause, vtimestamp grows with the thread only', () => {
    const t = trace(
      'test:::fire { trace(timestamp); trace(timestamp); } test:::fire { trace(timestamp); }',
      (t) => t.fire(1n),
    );
    const [a, b] = t.values() as bigint[][];
    expect(a[0]).toBe(a[1]);
    expect(b[0]).toBeGreaterThan(a[0]);
  });
  test('a cached false predicate ends the firing early, until the thread changes', () => {
    const t = trace('test:::fire /execname == "proc3"/ { trace(arg0); }', () => {});
    const cost = () => {
      const before = t.m.clock;
      t.fire(1n);
      return Number(t.m.clock - before);
    };
    const first = cost();
    const second = cost();
    expect(second).toBeLessThan(first / 2);
    t.m.call('shim_run_on', 0n, 3n);
    t.fire(8n);
    expect(t.values()).toEqual([[8n]]);
  });
  test('the deadman ends tracing when its callout did not run for ten seconds', () => {
    const t = trace('test:::fire { trace(arg0); }', (t) => {
      t.fire(1n);
      t.m.clock += 11n * BigInt(profile.clockHz);
      t.fire(2n);
    });
    expect(t.status().killed).toBe(true);
    expect(t.values()).toEqual([[1n]]);
  });
  test('nothing fires before GO or after STOP, and a closed consumer leaves no site enabled', () => {
    const m = new ShimMachine(image, profile);
    const t = new Tracer(m, 'test:::fire { trace(arg0); } fbt::shim_victim:entry { trace(arg0); }');
    t.fire(1n);
    t.go();
    t.fire(2n);
    t.stop();
    t.fire(3n);
    expect(t.values()).toEqual([[2n]]);
    t.close();
    const before = m.clock;
    t.fire(4n);
    m.call('shim_caller', 1n);
    const off = m.clock - before;
    const never = new ShimMachine(image, profile);
    const start = never.clock;
    never.call('shim_fire', 4n, 0n, 0n, 0n, 0n);
    never.call('shim_caller', 1n);
    expect(off).toBe(never.clock - start);
  });
});

describe('faults', () => {
  const ERROR = 'ERROR { trace(arg1); trace(arg2); trace(arg3); trace(arg4); trace(arg5); }';
  test.each<[string, bigint[]]>([
    ['trace(arg0); trace(*(int *)0x1234);', [1n, 2n, 4n, 1n, 0x1234n]],
    ['trace(1 / (arg0 - 5));', [1n, 1n, 0n, 4n, 0n]],
    ['trace(strlen((string)arg0));', [1n, 1n, 0n, 1n, 5n]],
    ['trace(copyinstr(arg0));', [1n, 1n, 0n, 1n, 5n]],
  ])('%s', (action, [epid, act, , fault, addr]) => {
    const t = trace(`test:::fire { ${action} } ${ERROR}`, (t) => t.fire(5n));
    const rec = t.values()[0] as bigint[];
    expect([rec[0], rec[1], rec[3], rec[4]]).toEqual([epid, act, fault, addr]);
    expect(Number(t.status().errors)).toBe(1);
  });
  test('in a predicate the action is 0', () => {
    const t = trace(`test:::fire /1 + *(int *)arg0/ { trace(1); } ${ERROR}`, (t) => t.fire(5n));
    expect((t.values()[0] as bigint[])[1]).toBe(0n);
  });
  test('in ERROR it only counts', () => {
    const t = trace('test:::fire { trace(*(int *)0); } ERROR { trace(*(int *)8); }', (t) => t.fire(5n));
    expect(Number(t.status().dblerrors)).toBe(1);
    expect(t.values()).toEqual([]);
  });
  test('other clauses go on', () => {
    expect(fired('test:::fire { trace(*(int *)0); } test:::fire { trace(arg0); }', 5n)).toEqual([[5n]]);
  });
  test('stores go to scratch space and variables only', () => {
    const t = trace(
      'test:::fire { this->p = alloca(8); bcopy("A", this->p, 2); trace(stringof(this->p)); }',
      (t) => t.fire(1n),
    );
    expect(t.values()).toEqual([['A']]);
    const bad = trace(`test:::fire { bcopy(execname, (void *)arg0, 1); trace(1); } ${ERROR}`, (t) =>
      t.fire(t.m.symbol('shim_threads')),
    );
    expect((bad.values()[0] as bigint[])[3]).toBe(1n);
  });
  test('scratch space runs out, and says so', () => {
    const t = trace(`test:::fire { alloca(arg0); trace(1); } ${ERROR}`, (t) => t.fire(1n << 40n));
    expect((t.values()[0] as bigint[])[3]).toBe(5n);
  });
});

describe('providers', () => {
  const name = (t: Tracer, pcs: unknown) =>
    (pcs as bigint[]).filter((pc) => pc !== 0n).map((pc) => t.m.where(pc).replace(/\+.*/, ''));
  test('fbt: arguments, the sixth included; return: offset and value', () => {
    const t = trace(
      'fbt::shim_victim:entry { trace(arg0); trace(arg5); stack(); } fbt::shim_victim:return { trace(arg1); stack(); }',
      (t) => expect(t.m.call('shim_caller', 10n)).toBe(60n),
    );
    const [entry, ret] = t.values();
    expect(entry.slice(0, 2)).toEqual([10n, 6n]);
    expect(name(t, entry[2])).toEqual(['shim_victim', 'shim_caller']);
    expect(ret[0]).toBe(30n);
    expect(name(t, ret[1])).toEqual(['shim_victim', 'shim_caller']);
  });
  test('all returns of a function share one probe, arg0 tells which', () => {
    const t = trace('fbt::shim_victim:return { trace(id); trace(arg0); trace(arg1); }', (t) => {
      t.m.call('shim_victim', 0n, 0n, 0n, 0n, 0n, 0n);
      t.m.call('shim_victim', 1n, 0n, 0n, 0n, 0n, 0n);
    });
    const [a, b] = t.values() as bigint[][];
    expect(a[0]).toBe(b[0]);
    expect([a[2], b[2]]).toEqual([-1n, 1n]);
  });
  test('SDT: stack() begins with the function of the site; caller is who called it', () => {
    const t = trace('test:::fire { stack(); }', (t) => t.fire(1n));
    expect(name(t, t.values()[0][0])).toEqual(['shim_fire']);
  });
  test('unwinding by table (ARM_UNWIND) finds the frames that the links give, and is dearer', () => {
    const deep = (p: typeof profile, i: typeof image) => {
      const t = new Tracer(new ShimMachine(i, p), 'test:::fire { stack(); }').go();
      const cost = (n: bigint) => {
        t.m.call('shim_deep', n);
        const before = t.m.clock;
        t.m.call('shim_deep', n);
        return Number(t.m.clock - before);
      };
      const perFrame = (cost(11n) - cost(3n)) / 8;
      return { stacks: t.values().map((v) => name(t, v[0])), perFrame };
    };
    const arm = testProfile('beaglebone');
    const byTable = deep(arm, compileShim(arm));
    const byLinks = deep(profile, image);
    expect(byTable.stacks).toEqual(byLinks.stacks);
    expect(byTable.stacks[0]).toEqual(['shim_fire', ...Array(12).fill('shim_deep')]);
    expect(byTable.perFrame).toBeGreaterThan(5 * byLinks.perFrame);
  });
  test('fbt costs a trap, SDT a call', () => {
    const cost = (source: string, call: (t: Tracer) => void) => {
      const t = trace(source, call);
      const before = t.m.clock;
      call(t);
      return Number(t.m.clock - before);
    };
    const sdt = cost('test:::fire { }', (t) => t.fire(1n));
    const fbt = cost('fbt::shim_fire:entry { }', (t) => t.fire(1n));
    expect(fbt - sdt).toBeGreaterThan(profile.trapKernel * 0.6);
  });
  test('globs match parts; ids are those of the table', () => {
    const t = trace('fbt::shim_[cv]*:entry { } dtmalloc::test_type: { }', () => {}, {});
    expect(t.matched).toBe(5);
  });
  test('profile and tick probes are made on demand and fire by callout', () => {
    const t = trace('profile:::tick-77hz { trace(arg0); }', (t) => t.m.call('shim_run_callouts'));
    expect(t.values().length).toBe(1);
  });
});

describe('speculations', () => {
  const program =
    'test:::fire /arg0 == 1/ { self->s = speculation(); speculate(self->s); trace(arg1); } ' +
    'test:::fire /arg0 == 2/ { speculate(self->s); trace(arg1); } ' +
    'test:::fire /arg0 == 3/ { commit(self->s); } test:::fire /arg0 == 4/ { discard(self->s); } ' +
    'test:::fire /arg0 == 5/ { trace(speculation()); }';
  test('committed records appear with the time of the commit', () => {
    const t = trace(program, (t) => {
      t.fire(1n, 11n);
      t.fire(2n, 22n);
      expect(t.values()).toEqual([]);
      t.fire(3n);
    });
    const recs = t.records();
    expect(recs.map((r) => r.values)).toEqual([[11n], [22n]]);
    expect(recs[0].time).toBe(recs[1].time);
  });
  test('discarded ones do not', () => {
    const t = trace(program, (t) => {
      t.fire(1n, 11n);
      t.fire(4n);
      t.fire(3n);
    });
    expect(t.values()).toEqual([]);
  });
  test('other CPUs do their part when the cleaner asks', () => {
    const t = trace(program, (t) => {
      t.fire(1n, 11n);
      t.m.call('shim_run_on', 1n, 0n);
      t.fire(2n, 22n);
      t.fire(3n);
    });
    expect(t.values()).toEqual([[22n]]);
    t.m.call('shim_run_callouts');
    expect(t.values()).toEqual([[11n]]);
    t.fire(5n);
    expect(t.values()).toEqual([[1n]]);
  });
  test('none is free: 0, and counted', () => {
    const t = trace(program, (t) => {
      t.fire(5n);
      t.fire(5n);
    });
    expect(t.values()).toEqual([[1n], [0n]]);
    expect(Number(t.status().specdropsUnavail)).toBe(1);
  });
});

describe('the process', () => {
  test('copyin and copyinstr take what is resident', () => {
    const t = trace(
      'test:::fire { trace(copyinstr(arg0)); trace(*(int *)copyin(arg0, 4)); trace(copyinstr(arg0, 2)); }',
      (t) => {
        t.m.userPage(0x10000000n, Buffer.from('hello\0'));
        t.fire(0x10000000n);
      },
    );
    expect(t.values()).toEqual([['hello', BigInt(0x6c6c6568), 'he']]);
  });
});

describe('ghost', () => {
  test('records the same, costs nothing, changes no clock', () => {
    const m = new ShimMachine(image, profile);
    const [arena, size] = m.arena;
    const dof = m.put(
      compileD(m, 'test:::fire { trace(arg0); @ = count(); stack(); }', { bufsize: 65536n, aggsize: 65536n }),
    );
    expect(Number(m.ghost('dtrace_ghost_enable', dof, 4096n, arena, size))).toBe(1);
    expect(Number(m.ghost('dtrace_ghost_go'))).toBe(0);
    m.onGhost = (m, args, caller, site, base) => {
      const word = m.symbol('sdt_test___fire');
      m.callAt(m.image.exports.dtrace_probe, [BigInt(m.u32(word + 4n)), ...args], base, caller, site);
    };
    const cost = () => {
      const before = m.clock;
      m.call('shim_fire', 7n, 0n, 0n, 0n, 0n);
      return m.clock - before;
    };
    const traced = cost();
    const buf = m.put(4096);
    const n = Number(m.ghost('dtrace_ghost_snapshot', 0n, 0n, buf, 4096n));
    const rec = Buffer.from(m.read(buf, n));
    expect(rec.readBigUInt64LE(16)).toBe(7n);
    expect(m.where(rec.readBigUInt64LE(24))).toMatch(/^shim_fire/);
    const never = new ShimMachine(image, profile);
    const before = never.clock;
    never.call('shim_fire', 7n, 0n, 0n, 0n, 0n);
    expect(traced).toBe(never.clock - before);
  });
  test('profile probes are due after their period', () => {
    const m = new ShimMachine(image, profile);
    const [arena, size] = m.arena;
    const dof = m.put(
      compileD(m, 'profile:::profile-97 { @ = count(); }', { bufsize: 65536n, aggsize: 65536n }),
    );
    const never = (1n << 64n) - 1n;
    expect(BigInt.asUintN(64, m.ghost('profile_ghost_next'))).toBe(never);
    expect(Number(BigInt.asIntN(32, m.ghost('dtrace_ghost_enable', dof, 4096n, arena, size)))).toBe(1);
    expect(m.ghost('dtrace_ghost_go')).toBe(0n);
    const due = BigInt.asUintN(64, m.ghost('profile_ghost_next'));
    // 2^31 cycles a second
    expect(Number(due - m.clock) / (2 ** 31 / 97)).toBeCloseTo(1, 2);
  });
});

describe('bad DOF', () => {
  test('is refused, or at least does no harm: every byte changed', () => {
    const m = new ShimMachine(image, profile, 1);
    const dof = compileD(
      m,
      'string s; test:::fire /arg0/ { self->x = arg0; a[arg0] = 1; s = execname; @[s] = sum(self->x); trace(strlen(s)); }',
      {
        bufsize: 4096n,
        aggsize: 4096n,
        dynvarsize: 4096n,
      },
    );
    const restore = m.checkpoint();
    let refused = 0;
    for (let i = 0; i < dof.length; i += 3) {
      restore();
      const bad = dof.slice();
      bad[i] ^= 1 << (i % 8);
      const [arena, size] = m.arena;
      const n = Number(
        BigInt.asIntN(32, m.ghost('dtrace_ghost_enable', m.put(bad), BigInt(bad.length), arena, size)),
      );
      if (n < 0) {
        refused++;
        continue;
      }
      if (Number(m.ghost('dtrace_ghost_go')) !== 0) continue;
      const id = BigInt(m.u32(m.symbol('sdt_test___fire') + 4n));
      for (let k = 1n; k < 4n; k++) m.ghost('dtrace_probe', id === 0n ? 1n : id, k, 0n, 0n, 0n, 0n);
    }
    expect(refused).toBeGreaterThan(dof.length / 8);
  });
});
