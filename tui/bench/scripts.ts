/** D scripts of a given length, to be compiled: made here, the same each time. */

/** A clause a description, each statement another expression: nothing is there only once, and hardly a line is short. */
const STATEMENTS: ((i: number) => string)[] = [
  (i) => `self->start${i % 4} = timestamp;`,
  (i) => `@calls${i % 20}[execname, probefunc, pid] = count();`,
  (i) => `this->delta = self->start${i % 4} != 0 ? timestamp - self->start${i % 4} : ${i};`,
  (i) => `@times${i % 20}[execname, strjoin(probefunc, "-${i}")] = quantize(this->delta >> ${i % 8});`,
  (i) => `total[pid, execname] += (arg0 & 0x${(i * 37).toString(16)}) * ${i + 1} + (int)arg1 % 64;`,
  (i) => `printf("%5d %-16s %20s %d\\n", pid, execname, probefunc, total[pid, execname] + ${i});`,
  () => 'this->name = stringof(curthread->td_proc->p_comm);',
  (i) => `flags = (flags << 1 | arg0 == ${i}) ^ (curthread->td_tid != ${i * 3} && arg1 > ${i});`,
  (i) =>
    `@sizes[this->name, ustackdepth > ${i % 9}] = lquantize(arg2 / ${(i % 7) + 1}, 0, 4096, 64, this->delta % 3);`,
  (i) => `self->depth = self->depth >= ${i % 30} ? 0 : self->depth + (stackdepth & ${i});`,
  (i) => `trace(substr(probefunc, ${i % 5}, strlen(execname) - ${i % 3}));`,
  (i) => `last[cpu, "${i % 10}"] = walltimestamp / ${1000 + i} - vtimestamp * ${(i % 3) + 1};`,
];

/** Every line does something. `functions`: names of fbt probes. */
export function denseScript(lines: number, functions: readonly string[]): string {
  const out = [
    '#pragma D option quiet',
    'self uint64_t start0, start1, start2, start3;',
    'self int depth;',
    'this uint64_t delta;',
    'this string name;',
    'int64_t total[pid_t, string], last[int, string];',
    'BEGIN { flags = 0; }',
  ];
  for (let i = 0; out.length < lines - 9; i++) {
    const f = functions[i % functions.length];
    out.push(`fbt::${f}:${i % 2 === 0 ? 'entry' : 'return'}`);
    out.push(`/pid != ${i} && (arg0 > ${i * 3} || execname != "sh${i % 9}")/`, '{');
    for (let k = 0; k < 5; k++) out.push(`\t${STATEMENTS[(i * 5 + k) % STATEMENTS.length](i)}`);
    out.push('}');
  }
  while (out.length < lines) out.push('');
  return `${out.join('\n')}\n`;
}

/** Half of it comments, the rest mostly printf: what people write who explain themselves. */
export function plainScript(lines: number): string {
  const out = ['#pragma D option quiet', ''];
  for (let i = 0; out.length < lines - 20; i++) {
    out.push(
      '/*',
      ` * Step ${i}: what the system calls of one process say about it, one line for each of them.`,
      ' */',
    );
    out.push(`syscall::${['read', 'write', 'open', 'close'][i % 4]}:entry`, `/pid == ${i}/`, '{');
    for (let k = 0; k < 6; k++)
      out.push(`\tprintf("%s(%d) is at step ${i}.${k} of its work\\n", execname, pid); /* for the log */`);
    out.push('}', '');
  }
  while (out.length < lines) out.push('/* end */');
  return `${out.join('\n')}\n`;
}
