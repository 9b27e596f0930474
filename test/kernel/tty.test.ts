// The console as a terminal: what is typed is echoed, edited into lines, and becomes signals.
import { describe, expect, test } from 'vitest';
import { runGuest } from './guest.ts';

/** What cat(1) makes of typed lines: the echo and its own output, without the boot messages. */
async function typeAtCat(...keys: string[]): Promise<string> {
  const typed = keys.map((text, i) => ({ at: 30 + 10 * i, text }));
  const result = await runGuest('echo start\ncat\necho end', { cpus: 2, typed, seconds: 3 });
  return result.console.replace(/^.*start\n/s, '').replace(/Uptime.*$/s, '');
}

describe('a line typed at the console', () => {
  test.each`
    keys                         | shows                        | because
    ${['hello\n', '\x04']}       | ${'hello\nhello\nend\n'}     | ${'it is echoed, and read when it is complete'}
    ${['hello\r', '\x04']}       | ${'hello\nhello\nend\n'}     | ${'return comes in as newline'}
    ${['ax\x7fb\n', '\x04']}     | ${'ax\b \bb\nab\nend\n'}     | ${'delete takes one character back'}
    ${['ax\x15b\n', '\x04']}     | ${'ax\b \b\b \bb\nb\nend\n'} | ${'^U takes the line back'}
    ${['\x7fa\n', '\x04']}       | ${'a\na\nend\n'}             | ${'there is nothing to delete in an empty line'}
    ${['a\nb\n', '\x04']}        | ${'a\nb\na\nb\nend\n'}       | ${'lines that are typed ahead wait'}
    ${['ab\x04', 'c\n', '\x04']} | ${'ababc\nc\nend\n'}         | ${'^D hands over what there is without a newline'}
    ${['\x04']}                  | ${'end\n'}                   | ${'^D on an empty line is the end of the file'}
  `('$keys: $because', async ({ keys, shows }) => {
    expect(await typeAtCat(...keys)).toBe(shows);
  });

  test('^C ends what runs in the foreground with SIGINT, and what was typed before is lost', async () => {
    const shown = await typeAtCat('lost\x03', '\x04');
    expect(shown).toMatch(/^lost\^C/);
    expect(shown).not.toMatch(/lost\n|end/);
  });
});
