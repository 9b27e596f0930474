/** What the consumer has for standard output, in order: text, and what is to be done between texts. */

/** What the consumer wants done, in order with its text. */
export type OutputItem =
  | { kind: 'text'; text: string }
  /** system(): a command for the guest's shell. */
  | { kind: 'system'; command: string }
  /** freopen(): text goes to that file from here on; undefined: back to the first output. `where`: how an error message begins. */
  | { kind: 'freopen'; file: string | undefined; where: string }
  /** ftruncate(): empty the file that text goes to. */
  | { kind: 'truncate' };

export class Output {
  private items: OutputItem[] = [];

  text(s: string): void {
    if (s === '') return;
    const last = this.items[this.items.length - 1];
    if (last?.kind === 'text') last.text += s;
    else this.items.push({ kind: 'text', text: s });
  }

  push(item: OutputItem): void {
    this.items.push(item);
  }

  /** All of it. */
  take(): OutputItem[] {
    const out = this.items;
    this.items = [];
    return out;
  }

  /** Text up to the next thing that is none. */
  takeText(): string {
    let text = '';
    while (this.items[0]?.kind === 'text') text += (this.items.shift() as { text: string }).text;
    return text;
  }

  /** The first, if it is no text. */
  takeAction(): Exclude<OutputItem, { kind: 'text' }> | undefined {
    const [next] = this.items;
    if (next === undefined || next.kind === 'text') return undefined;
    this.items.shift();
    return next;
  }
}
