/**
 * Runs probelab's command line: in this process, its output caught, or as a process of its own where signals or separate memory matter.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { probelab } from '../../tui/cli.ts';

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** One CPU boots fastest. */
export const SMALL = ['--cpus', '1'];

type Write = typeof process.stdout.write;

/** One command line in this process. */
export async function lab(...argv: string[]): Promise<Outcome> {
  const text = { out: '', err: '' };
  const decoders = { out: new TextDecoder(), err: new TextDecoder() };
  const streams = { out: process.stdout, err: process.stderr };
  const kept = { out: process.stdout.write, err: process.stderr.write };
  const catching = (side: 'out' | 'err'): Write =>
    ((chunk: string | Uint8Array) => {
      text[side] += typeof chunk === 'string' ? chunk : decoders[side].decode(chunk, { stream: true });
      return true;
    }) as Write;
  const codeBefore = process.exitCode;
  process.exitCode = 0;
  streams.out.write = catching('out');
  streams.err.write = catching('err');
  try {
    await probelab(argv);
    return { code: Number(process.exitCode ?? 0), ...text };
  } finally {
    streams.out.write = kept.out;
    streams.err.write = kept.err;
    process.exitCode = codeBefore;
  }
}

/** A summary as `run --json` prints it. */
export interface Summary {
  identity: string;
  machine: string;
  cpus: number;
  seed: number;
  stop: string;
  message?: string;
  cycles: number;
  seconds: number;
  commandCycles: number;
  exitStatus: number;
  events: number;
  instructions: number;
  digest: string;
}

/** `run --json`: the summary, and what went where. */
export async function summary(...argv: string[]): Promise<Summary & Outcome> {
  const outcome = await lab('run', '--json', ...argv);
  return { ...outcome, ...(JSON.parse(outcome.out) as Summary) };
}

/** A process of its own. Its output gathers in `out` and `err`; `ended` resolves with the exit code (128 + n for a signal we know). */
export interface Running {
  child: ChildProcess;
  text: { out: string; err: string };
  ended: Promise<Outcome>;
}

export const start = (...argv: string[]): Running => startIn(root, ...argv);

/** The same from another copy of the tree. */
export function startIn(tree: string, ...argv: string[]): Running {
  const child = spawn(process.execPath, ['--import', 'tsx', join(tree, 'tui/main.ts'), ...argv], {
    cwd: tree,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (s: string) => (text.out += s));
  child.stderr.setEncoding('utf8').on('data', (s: string) => (text.err += s));
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : 128), ...text }),
    );
  });
  return { child, text, ended };
}

/** Waits until `ready` holds; fails after a while, telling what it waited for. */
export async function until(what: string, ready: () => boolean): Promise<void> {
  for (let waited = 0; !ready(); waited += 20) {
    if (waited > 60_000) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A folder for a test's files. */
export const scratch = (): string => mkdtempSync(join(tmpdir(), 'probelab-'));

/** Writes a file there; returns its path. */
export function put(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** One clear message: no stack trace, no internal error, the prefix of the program that speaks. */
export const clear = (err: string): boolean =>
  !/\n\s+at |internal error|TypeError|\bundefined\b(?! )/.test(err);
