/** Probe sites: free until enabled, recorded without a trace in time, charged when DTrace has them. */
import { expect, test } from 'vitest';
import { KTEXT, KVBASE, SDT_DTRACE, SDT_GHOST, SDT_RECORD } from '../../engine/image/abi.ts';
import { compileTexts, type RunOptions, run, testProfile } from './harness.ts';

const profile = testProfile();
const TEXT = `
struct thread { int td_tid; };
struct pcpu { struct thread *pc_curthread; };
static struct thread td = { 77 };
static struct pcpu pc = { &td };
struct probe { unsigned int enable, id; };
struct probe probe = { 0, 9 };
long fired, invoked, lastaddr, lastval, lastarg;
static int data[4] = { 10, 20, 30, 40 };
struct frame { unsigned long head[6], args[4]; };
extern unsigned long __fbt_nfunctions_dummy;

__attribute__((no_instrument_function)) void
dtrace_probe(unsigned id, unsigned long a0, unsigned long a1, unsigned long a2, unsigned long a3, unsigned long a4)
{
	int i;

	for (i = 0; i < 3; i++)
		fired += id * 1000000 + a0 * 10000 + a1 * 100 + a2 + a3 + a4;
}
__attribute__((no_instrument_function)) void
fbt_invop(unsigned long addr, struct frame *fp, unsigned long rval)
{
	int i;

	for (i = 0; i < 2; i++)
		invoked++;
	lastaddr = addr;
	lastval = rval;
	lastarg = fp->args[1];
}
static int
work(int a, int b)
{
	int i, s = 0;

	for (i = 0; i < b; i++)
		s += a * i;
	return (s);
}
int
main(void)
{
	int i, s = 0;

	__set_pcpu(&pc);
	for (i = 0; i < 3; i++) {
		s += work(i, 4);
		__sdt_probe(&probe, i, data[i], s > 5 ? 1 : 2, 0, 0);
	}
	return (s);
}
`.replace('extern unsigned long __fbt_nfunctions_dummy;\n', '');
const image = compileTexts([{ name: 'probe.c', text: TEXT }], profile, 'kernel');
const go = (options: RunOptions = {}) => run(image, profile, options);
const word = (r: ReturnType<typeof go>, name: string): bigint => {
  const symbol = image.symbols.find((s) => s.name === name);
  return r.memory.getBigInt64(symbol?.addr ?? 0, true);
};
const off = go();
const work = image.functions.find((f) => f.name === 'work');
const site = (image.functions.findIndex((f) => f.name === 'work') << 1) + 0x80000000;

test('the recorder sees entry and return with arguments and value, and costs nothing', () => {
  const r = go({ fbt: { work: 1 } });
  expect(r.records.map((x) => [x.site - site, x.tid, Number(x.args[0]), Number(x.args[1])])).toEqual(
    [0, 1, 2].flatMap((i) => [
      [0, 77, i, 4],
      [1, 77, Number(BigInt.asIntN(64, KTEXT + BigInt(work?.returnSites[0] ?? 0))), 6 * i],
    ]),
  );
  expect([r.cycles, r.instructions, r.status]).toEqual([off.cycles, off.instructions, off.status]);
});

test('an SDT site records its arguments, which are evaluated only then', () => {
  const r = go({ words: { probe: SDT_RECORD } });
  expect(r.records.map((x) => x.args.slice(0, 3))).toEqual([
    [0n, 10n, 2n],
    [1n, 20n, 1n],
    [2n, 30n, 1n],
  ]);
  expect(BigInt(r.records[0].site) + KVBASE).toBe(
    KVBASE + BigInt(image.symbols.find((s) => s.name === 'probe')?.addr ?? 0),
  );
  expect([r.cycles, r.instructions]).toEqual([off.cycles, off.instructions]);
});

test('a ghost site hands its place, frame and arguments to the host and costs nothing', () => {
  const r = go({ words: { probe: SDT_GHOST }, fbt: { work: 8 | 16 } });
  expect(r.ghosts.map((g) => Number(BigInt.asIntN(64, g.args[4])))).toEqual([0, 0, 2, 0, 6, 1, 0, 12, 1]);
  expect(r.ghosts[0].args[2]).toBe(BigInt.asUintN(64, KTEXT + BigInt(work?.addr ?? 0)));
  expect([r.cycles, r.instructions]).toEqual([off.cycles, off.instructions]);
});

test.each([{}, { tinyHorizon: true }, { tinyStack: true }])(
  'DTrace is called with the arguments and charged (%o)',
  (options) => {
    const sdt = go({ ...options, words: { probe: SDT_DTRACE } });
    expect(word(sdt, 'fired')).toBe(3n * (9000000n * 3n + 1002n + 10000n + 2001n + 20000n + 3001n));
    expect(sdt.cycles > off.cycles).toBe(true);
    expect(sdt.status).toBe(off.status);
    const fbt = go({ ...options, fbt: { work: 2 | 4 } });
    expect(word(fbt, 'invoked')).toBe(12n);
    expect(word(fbt, 'lastaddr')).toBe(BigInt.asIntN(64, KTEXT + BigInt(work?.returnSites[0] ?? 0)));
    expect([word(fbt, 'lastval'), word(fbt, 'lastarg')]).toEqual([12n, 4n]);
    expect(fbt.status).toBe(off.status);
    expect(fbt.cycles - off.cycles).toBeGreaterThan(6n * BigInt(profile.trapKernel));
  },
);

test('sites of functions that are not there only record', () => {
  const text =
    'struct probe { unsigned int enable, id; }; struct probe probe; int main(void) { __sdt_probe(&probe, 5, 6, 7, 8, 9); return (4); }';
  const small = compileTexts([{ name: 's.c', text }], profile, 'kernel');
  const r = run(small, profile, { words: { probe: SDT_RECORD | SDT_DTRACE }, fbt: { main: 7 } });
  expect(r.status).toBe(4);
  expect(r.records.map((x) => x.args)).toContainEqual([5n, 6n, 7n, 8n, 9n]);
});
