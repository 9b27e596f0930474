/** The chapters' tables (chapters.ts) against the compiler with the guest's own types and probes, and against programs that run in the guest. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilePrograms, DtraceFailure, Options, type ProbeCatalog } from '../../engine/dtrace/index.ts';
import type { Image } from '../../engine/image/image.ts';
import { catalogOf } from '../../engine/run/dtrace-session.ts';
import { loadScenario } from '../../engine/run/scenario.ts';
import { Session } from '../../engine/run/session.ts';
import { runInputs } from '../../tui/run-inputs.ts';
import { lab, put, scratch } from '../e2e/lab.ts';
import { chapters, programRuns, refusals, rowScripts } from './chapters.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

describe('refused', () => {
  let catalog: ProbeCatalog;
  let image: Image;
  beforeAll(async () => {
    const session = await Session.open(runInputs(loadScenario('csh'), { seed: '1' }));
    await session.boot();
    image = session.images[0];
    catalog = catalogOf(session.machine, image);
  });

  it.each(chapters('refused'))('%s', (file) => {
    const results = refusals(file).map((row) => {
      const options = new Options();
      for (const o of row.options) {
        const eq = o.indexOf('=');
        if (eq < 0) options.set(o, undefined);
        else options.set(o.slice(0, eq), o.slice(eq + 1));
      }
      let got = 'ok';
      let message = '';
      try {
        compilePrograms([{ kind: 's', text: row.text, path: 'x.d' }], {
          catalog,
          image,
          options,
          args: row.args,
        });
      } catch (e) {
        if (!(e instanceof DtraceFailure)) throw e;
        got = e.tag ?? e.message;
        message = e.message;
      }
      const missing = row.words.filter((w) => !message.includes(w));
      return { row, got, message, missing };
    });
    const show = (tag: string, text: string): string => `${tag}  ${text}`;
    expect(results.map(({ row, got }) => show(got, row.text))).toEqual(
      results.map(({ row }) => show(row.tag, row.text)),
    );
    expect(
      results.filter((r) => r.missing.length > 0).map((r) => ({ ...r.missing, message: r.message })),
    ).toEqual([]);
  });
});

describe('what expressions and statements give', () => {
  const scripts = chapters('rows').flatMap((file) => rowScripts(file).map((s) => ({ file, ...s })));

  it.each(scripts)('$file: $title', async ({ title, options, declarations, rows }) => {
    const clauses = rows.map((r, i) => `BEGIN { printf("\\n<%d>", ${i}); ${r.statements} }`).join('\n');
    const path = put(
      folder,
      `${title.replace(/\W/g, '-')}.d`,
      `${declarations}\n${clauses}\nBEGIN { exit(0); }\n`,
    );
    const { code, out, err } = await lab('dtrace', '-q', ...options, '-s', path);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const parts = out
      .trimEnd()
      .split(/\n<\d+>/)
      .slice(1);
    expect(rows.map((r, i) => `${r.shown} => ${(parts[i] ?? '(nothing)').trimEnd()}`)).toEqual(
      rows.map((r) => `${r.shown} => ${r.expected}`),
    );
  });
});

/** Which CPU the command runs on is nobody's promise. */
const anyCpu = (text: string): string =>
  text
    .replace(/^ +\d+( +\d+ +[\w-]*:[\w-]+ )/gm, '  0$1')
    .replace(/^ {2}\d( +(?:->|<-|=>|<=|[|]) )/gm, '  0$1')
    .replace(/(drops? on CPU) \d+$/gm, '$1 0');

describe('what programs print', () => {
  const runs = chapters('runs').flatMap((file) =>
    programRuns(file).map((r, i) => ({ file, n: i + 1, head: r.program.split('\n')[0], ...r })),
  );

  it.each(runs)('$file $n: $head', async ({ argv, program, out, err, contains, code, depths }) => {
    const path = put(folder, 'x.d', program);
    const got = await lab('dtrace', ...argv, '-s', path);
    const messages = anyCpu(got.err.replaceAll(path, 'x.d'));
    if (out !== undefined) expect(anyCpu(got.out)).toBe(out);
    if (err !== undefined) expect(messages).toBe(err);
    if (depths) {
      const stacks = got.out.split('depth ').slice(1);
      expect(stacks.length).toBeGreaterThan(8);
      const lines = (s: string): number => s.split('\n').filter((l) => /^\s+\S+`/.test(l)).length;
      expect(stacks.map(lines)).toEqual(stacks.map((s) => Number.parseInt(s, 10)));
    }
    for (const words of contains ?? []) expect(messages).toContain(words);
    expect({ code: got.code, err: code === undefined ? messages : '' }).toEqual({
      code: code ?? 0,
      err: code === undefined ? (err ?? messages) : '',
    });
  });
});
