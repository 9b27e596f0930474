/**
 * The test programs and what gcc's code prints for them.
 *
 * Hand-written programs lie in programs/; generated ones come from their seeds (generate.ts). expected.json holds output and exit
 * status, so that the suite runs without gcc; where gcc is there, gcc.test.ts compares again. After adding a program:
 *
 *     npx tsx test/guestc/oracle.ts
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from './generate.ts';

export interface Case {
  name: string;
  text: string;
  /** Floating point: not for the kernel. */
  userOnly: boolean;
}
export interface Expected {
  /** Hash of the program that was run: a changed one must be run again. */
  program: string;
  status: number;
  /** Output, or for generated programs its hash and last line. */
  output: string;
}

const GENERATED = 160;
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const sha = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 24);

export const handWritten: Case[] = readdirSync(here('programs'))
  .filter((f) => f.endsWith('.c'))
  .sort()
  .map((f) => {
    const text = readFileSync(here(`programs/${f}`), 'utf8');
    return { name: f.replace(/\.c$/, ''), text, userOnly: /\b(float|double)\b/.test(text) };
  });

export const generated: Case[] = Array.from({ length: GENERATED }, (_, i) => {
  const name = `seed-${i}`;
  return { name, text: generate(name), userOnly: false };
});

/** What is kept of an output. */
export const digest = (c: Case, output: string): string =>
  c.name.startsWith('seed-') ? `${sha(output)} ${output.trimEnd().split('\n').pop()}` : output;

const FILE = here('expected.json');

export function readExpected(): Record<string, Expected> {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Expected>;
}

export const programHash = (c: Case): string => sha(c.text);

export const gccPresent = (): boolean => spawnSync('gcc', ['--version']).status === 0;

/** Compiles with gcc and runs. Signed overflow wraps there as here; everything else that C leaves undefined is not in the programs. */
export function gccRun(c: Case): Expected {
  const dir = mkdtempSync(join(tmpdir(), 'oracle-'));
  try {
    writeFileSync(join(dir, 'a.c'), c.text);
    const cc = spawnSync('gcc', ['-std=gnu11', '-w', '-O0', '-fwrapv', '-o', 'a', 'a.c'], {
      cwd: dir,
      encoding: 'utf8',
    });
    if (cc.status !== 0) throw new Error(`${c.name}: ${cc.stderr}`);
    const run = spawnSync(join(dir, 'a'), { encoding: 'latin1', timeout: 10_000 });
    if (run.status === null) throw new Error(`${c.name}: ended by ${run.signal}`);
    return { program: programHash(c), status: run.status, output: digest(c, run.stdout) };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out: Record<string, Expected> = {};
  for (const c of [...handWritten, ...generated]) out[c.name] = gccRun(c);
  writeFileSync(FILE, `${JSON.stringify(out, undefined, 1)}\n`);
}
