// What the hardware promises: time, interrupts, order between CPUs, traps, checkpoints.
import { describe, expect, test } from 'vitest';
import { checkpoint, restore } from '../../engine/machine/checkpoint.ts';
import { tiny } from './tiny.ts';

test('runs a kernel to power-off, with its status', async () => {
  const t = await tiny('void btext(struct bootinfo *bi) { puts_("hello "); num(bi->bi_ncpu); off(7); }');
  expect(t.run()).toEqual({ reason: 'poweroff', status: 7 });
  expect(t.output()).toBe('hello 4 ');
});

test('what a callback throws while the guest runs comes out of the run as it is', async () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const t = await tiny('void btext(struct bootinfo *bi) { puts_("hello "); off(0); }', {
    onConsole: () => {
      throw full;
    },
  });
  let thrown: unknown;
  try {
    t.run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBe(full);
});

test('the timer interrupts at its deadline, and not while interrupts are off', async () => {
  const t = await tiny(`
    volatile int ticks; volatile unsigned long when;
    void intr_entry(unsigned vector, struct trapframe *tf) { if (vector == VEC_TIMER) { ticks++; when = __rdtsc(); } }
    void btext(struct bootinfo *bi) {
      unsigned long start = __rdtsc();
      __hw(HW_TIMER_SET, start + 50000, 0, 0, 0);
      while (__rdtsc() < start + 100000) ;
      num(ticks);
      __intr_restore(1);
      num(ticks);
      __hw(HW_TIMER_SET, __rdtsc() + 50000, 0, 0, 0);
      start = __rdtsc();
      while (ticks < 2) ;
      num((when - start) / 1000);
      off(0);
    }`);
  expect(t.run().reason).toBe('poweroff');
  expect(t.output()).toBe('0 1 50 ');
});

test('a halted CPU wakes at the interrupt, and no time passes otherwise', async () => {
  const t = await tiny(`
    volatile int ticks;
    void intr_entry(unsigned vector, struct trapframe *tf) { ticks++; }
    void btext(struct bootinfo *bi) {
      unsigned long start = __rdtsc();
      __hw(HW_TIMER_SET, start + 1000000, 0, 0, 0);
      __hw(HW_HALT, 0, 0, 0, 0);
      __intr_restore(1);
      while (ticks == 0) ;
      num((__rdtsc() - start) / 100000);
      off(0);
    }`);
  expect(t.run().reason).toBe('poweroff');
  expect(t.output()).toBe('10 ');
});

test('nothing to do and nothing queued is a deadlock', async () => {
  const t = await tiny('void btext(struct bootinfo *bi) { for (;;) __hw(HW_HALT, 0, 0, 0, 0); }');
  expect(t.run()).toEqual({ reason: 'deadlock' });
});

test('a bad kernel pointer traps with its address, and nested frames are walked', async () => {
  const t = await tiny(`
    void trap_entry(struct trapframe *tf) {
      struct frame *f = (struct frame *)tf->tf_fp; int depth = 0;
      num(tf->tf_trapno); num((long)tf->tf_addr);
      while (f != 0 && depth < 20) { depth++; f = (struct frame *)f->f_caller; }
      num(depth); off(0);
    }
    __attribute__((noinline)) static int deep(int n, long *p) { if (n == 0) return (*p); return (deep(n - 1, p) + 1); }
    void btext(struct bootinfo *bi) { num(deep(3, (long *)4096)); off(1); }`);
  expect(t.run()).toEqual({ reason: 'poweroff', status: 0 });
  expect(t.output()).toBe('12 4096 5 ');
});

describe('several CPUs', () => {
  const COUNT = `
    volatile unsigned long counter; volatile int done; static char stacks[64][16384] __attribute__((aligned(16)));
    static void work(void) { for (int i = 0; i < 300; i++) { __atomic_fetch_add(&counter, 1, 5); for (volatile int k = 0; k < i % 7; k++) ; } __atomic_fetch_add(&done, 1, 5); }
    void init_secondary(unsigned cpu) { work(); for (;;) __hw(HW_HALT, 0, 0, 0, 0); }
    void btext(struct bootinfo *bi) {
      for (unsigned c = 1; c < bi->bi_ncpu; c++) __hw(HW_CPU_START, c, (unsigned long)stacks[c], sizeof(stacks[c]), 0);
      work();
      while (done < bi->bi_ncpu) __pause();
      num(counter); off(0);
    }`;
  test.each([1, 2, 4, 16, 64])('atomic additions by %i CPUs are all there', async (cpus) => {
    const t = await tiny(COUNT, { cpus });
    expect(t.run().reason).toBe('poweroff');
    expect(t.output()).toBe(`${300 * cpus} `);
  });

  test('the value an atomic returns follows the order of cycles', async () => {
    // Each CPU draws tickets and notes when: sorted by time, the tickets must ascend.
    const t = await tiny(
      `
      volatile unsigned long ticket; volatile int done; static char stacks[8][16384] __attribute__((aligned(16)));
      static unsigned long when[8][200], drawn[8][200];
      static void work(unsigned cpu) {
        for (int i = 0; i < 200; i++) {
          for (volatile int k = 0; k < (i * (cpu + 3)) % 23; k++) ;
          drawn[cpu][i] = __atomic_fetch_add(&ticket, 1, 5);
          when[cpu][i] = __rdtsc();
        }
        __atomic_fetch_add(&done, 1, 5);
      }
      void init_secondary(unsigned cpu) { work(cpu); for (;;) __hw(HW_HALT, 0, 0, 0, 0); }
      void btext(struct bootinfo *bi) {
        for (unsigned c = 1; c < bi->bi_ncpu; c++) __hw(HW_CPU_START, c, (unsigned long)stacks[c], sizeof(stacks[c]), 0);
        work(0);
        while (done < bi->bi_ncpu) __pause();
        for (unsigned c = 0; c < bi->bi_ncpu; c++) for (int i = 0; i < 200; i++) { num(drawn[c][i]); num(when[c][i]); }
        off(0);
      }`,
      { cpus: 4 },
    );
    expect(t.run().reason).toBe('poweroff');
    const numbers = t.output().trim().split(' ').map(Number);
    const draws = Array.from({ length: numbers.length / 2 }, (_, i) => ({
      ticket: numbers[2 * i],
      when: numbers[2 * i + 1],
    }));
    expect(draws.length).toBe(800);
    draws.sort((a, b) => a.ticket - b.ticket);
    // The clock is read right after the draw: at most the atomic's own cost and a cache miss later.
    for (let i = 1; i < draws.length; i++) expect(draws[i].when).toBeGreaterThan(draws[i - 1].when - 400);
  });

  test('an IPI arrives after its latency', async () => {
    const t = await tiny(
      `
      volatile unsigned long sent, got; static char stack[16384] __attribute__((aligned(16)));
      void intr_entry(unsigned vector, struct trapframe *tf) { if (vector == VEC_IPI_AST) got = __rdtsc(); }
      void init_secondary(unsigned cpu) { for (;;) { __intr_disable(); __hw(HW_HALT, 0, 0, 0, 0); __intr_restore(1); } }
      void btext(struct bootinfo *bi) {
        __hw(HW_CPU_START, 1, (unsigned long)stack, sizeof(stack), 0);
        unsigned long t0 = __rdtsc(); while (__rdtsc() < t0 + 20000) ;
        sent = __rdtsc(); __hw(HW_IPI, 1, VEC_IPI_AST, 0, 0);
        while (got == 0) __pause();
        num(got > sent + 1000 && got < sent + 3000); off(0);
      }`,
      { cpus: 2 },
    );
    expect(t.run().reason).toBe('poweroff');
    expect(t.output()).toBe('1 ');
  });
});

describe('checkpoints', () => {
  const BUSY = `
    volatile unsigned long counter, ticks; static char stacks[4][16384] __attribute__((aligned(16)));
    void intr_entry(unsigned vector, struct trapframe *tf) { ticks++; __hw(HW_TIMER_SET, __rdtsc() + 3000 + (__hw(HW_RANDOM, 0, 0, 0, 0) & 1023), 0, 0, 0); }
    static unsigned long mix(unsigned long x) { for (int i = 0; i < 20; i++) x = x * 6364136223846793005UL + 1; return (x); }
    static void work(unsigned cpu) { __hw(HW_TIMER_SET, __rdtsc() + 1000, 0, 0, 0); __intr_restore(1);
      for (int i = 0; i < 400; i++) __atomic_fetch_add(&counter, mix(i + cpu) >> 60, 5); }
    void init_secondary(unsigned cpu) { work(cpu); for (;;) __hw(HW_HALT, 0, 0, 0, 0); }
    void btext(struct bootinfo *bi) {
      for (unsigned c = 1; c < bi->bi_ncpu; c++) __hw(HW_CPU_START, c, (unsigned long)stacks[c], sizeof(stacks[c]), 0);
      work(0);
      while (__rdtsc() < 200000) ;
      num(counter); num(ticks); num(__rdtsc()); off(0);
    }`;
  test('restoring and running on equals never having stopped', async () => {
    const whole = await tiny(BUSY, { cpus: 3 });
    whole.run();
    const expected = { output: whole.output(), stats: whole.machine.stats, now: whole.machine.now };
    for (const at of [500, 7001, 33333, 120000]) {
      const first = await tiny(BUSY, { cpus: 3 });
      expect(first.run(at).reason).toBe('limit');
      const saved = structuredClone(checkpoint(first.machine));
      first.run(at + 40000); // the original goes on; the checkpoint must not notice
      const second = await tiny(BUSY, { cpus: 3 });
      second.run(90); // somewhere else entirely
      restore(second.machine, saved);
      second.run();
      expect({ output: second.output(), stats: second.machine.stats, now: second.machine.now }).toEqual(
        expected,
      );
    }
  });

  test('slicing a run changes nothing', async () => {
    const whole = await tiny(BUSY, { cpus: 3 });
    whole.run();
    const sliced = await tiny(BUSY, { cpus: 3 });
    for (let until = 137; sliced.run(until).reason === 'limit'; until += 137);
    expect(sliced.output()).toBe(whole.output());
    expect(sliced.machine.stats).toEqual(whole.machine.stats);
  });
});
