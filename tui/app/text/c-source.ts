/** Guest C with its keywords, comments and strings told apart; and where in it a function or a probe site stands. */
import type { StyleName } from './colours.ts';
import type { Line, Span } from './line.ts';
import { plain } from './width.ts';

const KEYWORDS = new Set(
  'auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Bool bool'.split(
    ' ',
  ),
);
const TOKEN =
  /\/\*|\/\/.*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|#\s*\w+|[A-Za-z_]\w*|0[xX][0-9a-fA-F]+\w*|\d\w*|\s+|./g;

const cache = new Map<string, Line[]>();

/** The rows of a file. */
export function highlight(text: string): Line[] {
  let lines = cache.get(text);
  if (lines === undefined) {
    let comment = false;
    lines = text.split('\n').map((row) => {
      const [line, open] = highlightRow(plain(row), comment);
      comment = open;
      return line;
    });
    if (cache.size > 40) cache.clear();
    cache.set(text, lines);
  }
  return lines;
}

function highlightRow(row: string, comment: boolean): [Line, boolean] {
  const out: Span[] = [];
  const put = (text: string, style?: StyleName) => {
    const last = out.at(-1);
    if (last !== undefined && last[1] === style) out[out.length - 1] = [last[0] + text, style];
    else out.push([text, style]);
  };
  let at = 0;
  while (at < row.length) {
    if (comment) {
      const end = row.indexOf('*/', at);
      put(row.slice(at, end < 0 ? undefined : end + 2), 'comment');
      if (end < 0) return [out, true];
      at = end + 2;
      comment = false;
      continue;
    }
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(row)?.[0] ?? row[at];
    if (token === '/*') {
      comment = true;
      continue;
    }
    if (token.startsWith('//')) put(token, 'comment');
    else if (/^["']/.test(token)) put(token, 'string');
    else if (token.startsWith('#')) put(token, 'keyword');
    else if (KEYWORDS.has(token)) put(token, 'keyword');
    else if (/^\d/.test(token)) put(token, 'number');
    else put(token);
    at += token.length;
  }
  return [out, comment];
}

export interface SourcePlace {
  image: string;
  file: string;
  line: number;
}

/** Where a function is defined: style(9) puts its name first on its line. */
export function definition(
  sources: Record<string, Record<string, string>>,
  name: string,
  images: string[],
): SourcePlace | undefined {
  const pattern = new RegExp(`^${name}\\(`, 'm');
  return find(sources, images, pattern);
}

/** Where a static probe stands in the source: `SDT_PROBE2(sched, , , off__cpu, ...)`, or a macro of that name. */
export function probeSite(
  sources: Record<string, Record<string, string>>,
  provider: string,
  name: string,
): SourcePlace | undefined {
  const word = name.replaceAll('-', '__');
  return (
    find(
      sources,
      ['kernel'],
      new RegExp(
        `^(?!\\s*#define|SDT_PROBE_DEFINE).*\\b(?:SDT_PROBE|LOCKSTAT)\\w*\\((?:.*\\b${provider}\\b.*)?\\b${word}\\b`,
        'm',
      ),
    ) ?? find(sources, ['kernel'], new RegExp(`^(?!\\s*#define|SDT_PROBE_DEFINE).*\\b${word}\\b`, 'm'))
  );
}

function find(
  sources: Record<string, Record<string, string>>,
  images: string[],
  pattern: RegExp,
): SourcePlace | undefined {
  for (const image of images)
    for (const [file, text] of Object.entries(sources[image] ?? {})) {
      if (!file.endsWith('.c')) continue;
      const match = pattern.exec(text);
      if (match !== null) {
        const line = text.slice(0, match.index).split('\n').length;
        return { image, file, line };
      }
    }
  return undefined;
}
