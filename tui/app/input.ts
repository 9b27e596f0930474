/**
 * Bytes from the terminal to keys and mouse reports.
 *
 * Printable text is split into single keys (a paste, or a key held down, comes as one chunk); an escape sequence may be cut between two chunks:
 * what is incomplete is kept, and a lone ESC becomes a key only when nothing follows for a moment (Input.flush).
 */

export interface MouseEvent {
  type: 'press' | 'drag' | 'release' | 'wheel';
  /** Wheel: -1 up, 1 down. */
  wheel: -1 | 0 | 1;
  button: number;
  /** Column and row from 0. */
  x: number;
  y: number;
}

export type InputEvent = { key: string } | { mouse: MouseEvent } | { paste: string };

const NAMED: Record<string, string> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  ' ': 'space',
};

const FINAL: Record<string, string> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift-tab',
};
const TILDE: Record<string, string> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
};
const MODIFIER: Record<string, string> = { 2: 'shift-', 3: 'alt-', 5: 'ctrl-' };

const PASTE_END = '\x1b[201~';

export class Input {
  #rest = '';
  readonly #decoder = new TextDecoder();

  /** An ESC waits for what may follow. */
  get pending(): boolean {
    return this.#rest !== '';
  }

  push(chunk: Uint8Array): InputEvent[] {
    return this.#parse(this.#rest + this.#decoder.decode(chunk, { stream: true }), false);
  }

  /** Nothing followed: what is kept is keys after all. */
  flush(): InputEvent[] {
    return this.#parse(this.#rest, true);
  }

  #parse(text: string, last: boolean): InputEvent[] {
    const out: InputEvent[] = [];
    this.#rest = '';
    for (let at = 0; at < text.length; ) {
      if (text[at] !== '\x1b') {
        const char = String.fromCodePoint(text.codePointAt(at) as number);
        out.push({ key: keyOf(char) });
        at += char.length;
        continue;
      }
      const sequence = sequenceAt(text, at, last);
      if (sequence === undefined) {
        this.#rest = text.slice(at);
        break;
      }
      if (sequence.event !== undefined) out.push(sequence.event);
      at = sequence.end;
    }
    return out;
  }
}

function keyOf(char: string): string {
  const named = NAMED[char];
  if (named !== undefined) return named;
  const code = char.charCodeAt(0);
  return code < 32 ? `ctrl-${String.fromCharCode(code + 96)}` : char;
}

/** The sequence at `at`; undefined when more may follow. */
function sequenceAt(
  text: string,
  at: number,
  last: boolean,
): { event?: InputEvent; end: number } | undefined {
  const next = text[at + 1];
  if (next === undefined) return last ? { event: { key: 'escape' }, end: at + 1 } : undefined;
  if (next === '\x1b') return { event: { key: 'escape' }, end: at + 1 };
  if (next !== '[' && next !== 'O') {
    const key = keyOf(next);
    return { event: { key: `alt-${key}` }, end: at + 2 };
  }
  if (next === 'O') {
    const final = text[at + 2];
    if (final === undefined) return last ? { event: { key: 'alt-O' }, end: at + 2 } : undefined;
    const key = FINAL[final];
    return { event: key === undefined ? undefined : { key }, end: at + 3 };
  }
  if (text.startsWith('[200~', at + 1)) {
    const end = text.indexOf(PASTE_END, at);
    if (end < 0 && !last) return undefined;
    const body = text.slice(at + 6, end < 0 ? undefined : end);
    return { event: { paste: body }, end: end < 0 ? text.length : end + PASTE_END.length };
  }
  const match = /^\[([<?]?)([\d;]*)([ -/]*)([@-~])/.exec(text.slice(at + 1, at + 40));
  if (match === null) {
    if (last || text.length > at + 40) return { event: { key: 'escape' }, end: at + 1 };
    return undefined;
  }
  const [whole, prefix, parameters, , final] = match;
  const end = at + 1 + whole.length;
  if (prefix === '<' && (final === 'M' || final === 'm')) return { event: mouse(parameters, final), end };
  if (prefix !== '') return { end };
  const [first, second] = parameters.split(';');
  const name = final === '~' ? TILDE[first] : FINAL[final];
  if (name === undefined) return { end };
  const modifier = MODIFIER[second ?? ''] ?? '';
  return { event: { key: modifier + name }, end };
}

function mouse(parameters: string, final: string): InputEvent | undefined {
  const [code, x, y] = parameters.split(';').map(Number);
  if (!Number.isInteger(code) || !(x >= 1) || !(y >= 1)) return undefined;
  const where = { x: x - 1, y: y - 1, button: code & 3 };
  if (code & 64) {
    if ((code & 3) > 1) return undefined;
    return { mouse: { type: 'wheel', wheel: code & 1 ? 1 : -1, ...where } };
  }
  const type = code & 32 ? 'drag' : final === 'm' ? 'release' : 'press';
  return { mouse: { type, wheel: 0, ...where } };
}
