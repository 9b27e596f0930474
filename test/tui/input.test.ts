// From bytes to keys: whatever way the terminal cuts them up.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Input, type InputEvent } from '../../tui/app/input.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const all = (text: string): InputEvent[] => {
  const input = new Input();
  return [...input.push(bytes(text)), ...input.flush()];
};
const keys = (text: string) => all(text).map((e) => ('key' in e ? e.key : e));

test.each([
  ['jjj', ['j', 'j', 'j']],
  ['\x1b[A\x1bOB\x1b[1;2C', ['up', 'down', 'shift-right']],
  ['\x1b[5~\x1b[6~\x1b[H\x1b[4~', ['pageup', 'pagedown', 'home', 'end']],
  ['\x7f\r\t\x1b[Z ', ['backspace', 'enter', 'tab', 'shift-tab', 'space']],
  ['\x03\x1a\x0c', ['ctrl-c', 'ctrl-z', 'ctrl-l']],
  ['\x1b', ['escape']],
  ['\x1b\x1b', ['escape', 'escape']],
  ['\x1bm', ['alt-m']],
  ['ä日', ['ä', '日']],
])('%j', (text, expected) => {
  expect(keys(text)).toEqual(expected);
});

test('mouse reports: press, drag, release, wheel; columns and rows from 0', () => {
  expect(all('\x1b[<0;10;5M\x1b[<32;11;5M\x1b[<0;11;5m\x1b[<65;1;1M')).toEqual([
    { mouse: { type: 'press', wheel: 0, button: 0, x: 9, y: 4 } },
    { mouse: { type: 'drag', wheel: 0, button: 0, x: 10, y: 4 } },
    { mouse: { type: 'release', wheel: 0, button: 0, x: 10, y: 4 } },
    { mouse: { type: 'wheel', wheel: 1, button: 1, x: 0, y: 0 } },
  ]);
});

test('a paste is one event', () => {
  expect(all('\x1b[200~:q\r\x1b[201~x')).toEqual([{ paste: ':q\r' }, { key: 'x' }]);
});

test('cut anywhere, the keys are the same', () => {
  const pieces = fc.constantFrom('j', '\x1b[A', '\x1b[1;5D', '\x1b[<0;3;4M', '\r', 'é', '\x1b[6~', '\x1bOP');
  fc.assert(
    fc.property(
      fc.array(pieces, { maxLength: 12 }),
      fc.array(fc.nat(80), { maxLength: 8 }),
      (parts, cuts) => {
        const whole = bytes(parts.join(''));
        const input = new Input();
        const got: InputEvent[] = [];
        let at = 0;
        for (const cut of [...cuts.map((c) => Math.min(c, whole.length)), whole.length].sort(
          (a, b) => a - b,
        )) {
          got.push(...input.push(whole.subarray(at, cut)));
          at = cut;
        }
        got.push(...input.flush());
        expect(got).toEqual(all(parts.join('')));
      },
    ),
  );
});

test('any bytes at all give events and leave nothing stuck', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
      const input = new Input();
      input.push(data);
      input.flush();
      expect(input.pending).toBe(false);
    }),
  );
});
