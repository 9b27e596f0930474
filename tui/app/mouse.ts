/**
 * Mouse reports to actions, by what the last frame had where the pointer is: rows are selected (and on a second press opened), an axis is gone
 * to or a range of it selected, a border dragged, the wheel moves the list under it (over an axis it zooms).
 */
import type { Action } from './command.ts';
import type { MouseEvent } from './input.ts';
import { cycleOf } from './views/axis.ts';
import type { Hit } from './views/view.ts';

type Grip = { kind: 'axis'; hit: Hit; from: number; moved: boolean } | { kind: 'border'; hit: Hit };

const inside = (hit: Hit, x: number, y: number): boolean =>
  x >= hit.from && x < hit.to && y >= hit.row && y < hit.row + (hit.rows ?? 1);

const cycleAt = (hit: Hit, x: number): number =>
  cycleOf(
    { ...(hit.axis as { from: number; to: number }), columns: hit.to - hit.from },
    Math.max(0, Math.min(hit.to - hit.from - 1, x - hit.from)),
  );

export class Mouse {
  #grip: Grip | undefined;
  #last = '';

  /** `hits` in screen rows. */
  actions(event: MouseEvent, hits: readonly Hit[]): Action[] {
    const { x, y } = event;
    const under = hits.filter((hit) => inside(hit, x, y));
    switch (event.type) {
      case 'wheel': {
        const axis = under.find((hit) => hit.axis !== undefined);
        if (axis !== undefined)
          return [{ name: 'zoom-at', text: String(cycleAt(axis, x)), count: event.wheel }];
        const out: Action[] = [];
        const pane = under.find((hit) => hit.pane !== undefined)?.pane;
        if (pane !== undefined) out.push({ name: 'focus', text: String(pane) });
        out.push({ name: event.wheel > 0 ? 'down' : 'up', count: 3 });
        return out;
      }
      case 'press':
        return event.button === 0 ? this.#press(under, x) : [];
      case 'drag':
        return this.#drag(x, y);
      default: {
        const grip = this.#grip;
        this.#grip = undefined;
        if (grip?.kind === 'axis' && grip.moved)
          return [{ name: 'select-range', text: `${grip.from} ${cycleAt(grip.hit, x)}` }];
        return [];
      }
    }
  }

  #press(under: Hit[], x: number): Action[] {
    const border = under.find((hit) => hit.border !== undefined);
    if (border !== undefined) {
      this.#grip = { kind: 'border', hit: border };
      return [];
    }
    const out: Action[] = [];
    for (const hit of under) {
      if (hit.press === undefined) continue;
      const key = JSON.stringify(hit.press);
      out.push(key === this.#last && hit.again !== undefined ? hit.again : hit.press);
      this.#last = key;
    }
    const axis = under.find((hit) => hit.axis !== undefined);
    if (axis !== undefined) {
      const cycle = cycleAt(axis, x);
      this.#grip = { kind: 'axis', hit: axis, from: cycle, moved: false };
      out.push({ name: 'go-cycle', text: String(cycle) });
    }
    return out;
  }

  #drag(x: number, y: number): Action[] {
    const grip = this.#grip;
    if (grip === undefined) return [];
    if (grip.kind === 'border') {
      const { border } = grip.hit;
      if (border === undefined) return [];
      const share = ((border.across ? x : y) - border.start) / border.size;
      return [{ name: 'split', text: String(Math.round(Math.max(0.15, Math.min(0.85, share)) * 100)) }];
    }
    grip.moved = true;
    return [{ name: 'select-range', text: `${grip.from} ${cycleAt(grip.hit, x)}` }];
  }
}
