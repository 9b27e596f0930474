/**
 * gcc as an oracle, where it is installed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const haveGcc = spawnSync('gcc', ['--version']).status === 0;

/** Compiles and runs a program: its output, and its exit status. */
export function gccExecute(source: string, flags: string[] = []): { output: string; status: number } {
  return inFolder((dir) => {
    writeFileSync(join(dir, 'a.c'), source);
    const compiled = spawnSync('gcc', ['-std=gnu11', '-w', '-o', 'a', 'a.c', ...flags], {
      cwd: dir,
      encoding: 'utf8',
    });
    if (compiled.status !== 0) throw new Error(`gcc: ${compiled.stderr.slice(0, 2000)}`);
    const ran = spawnSync(join(dir, 'a'), { encoding: 'utf8' });
    if (ran.status === null) throw new Error(`the program failed: ${ran.signal}`);
    return { output: ran.stdout, status: ran.status };
  });
}

/** The output of a program that succeeds. */
export function gccRun(source: string, flags: string[] = []): string {
  const { output, status } = gccExecute(source, flags);
  if (status !== 0) throw new Error(`the program failed: ${status}`);
  return output;
}

/** gcc -E -P: the text after the preprocessor. */
export function gccPreprocess(source: string): string {
  return inFolder((dir) => {
    writeFileSync(join(dir, 'a.c'), source);
    const ran = spawnSync('gcc', ['-std=gnu11', '-E', '-P', 'a.c', '-o', 'a.i'], {
      cwd: dir,
      encoding: 'utf8',
    });
    if (ran.status !== 0) throw new Error(`gcc -E: ${ran.stderr.slice(0, 2000)}`);
    return readFileSync(join(dir, 'a.i'), 'utf8');
  });
}

function inFolder<T>(body: (dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), 'probelab-gcc-'));
  try {
    return body(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
