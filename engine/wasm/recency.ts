/**
 * Sets of words in order of use, most recent first: how the tags of a cache set are searched and moved.
 *
 * Written out way by way: the words passed on the way to a match are in locals when it is found, so moving it to the front stores each
 * once and loads nothing again.
 */
import type { Body } from './body.ts';
import { I32 } from './opcodes.ts';

/**
 * Looks for `tag` (an i32 pushed by the callback, its two low bits 0) among the words of the set whose offset is in the local `set`; they match if
 * only those two bits differ. Leaves the word in the local `entry` and at the front of the set, or 0, and nothing moved.
 */
export function moveToFront(b: Body, ways: number, set: number, tag: () => void, entry: number): void {
  const passed = Array.from({ length: ways }, () => b.local(I32));
  const wanted = b.local(I32);
  tag();
  b.set(wanted);
  b.block();
  const done = b.label;
  for (let way = 0; way < ways; way++) {
    b.get(set)
      .load('i32.load', 4 * way)
      .tee(passed[way])
      .get(wanted)
      .op('i32.xor')
      .i32(4)
      .op('i32.lt_u')
      .if_();
    for (let w = way; w > 0; w--)
      b.get(set)
        .get(passed[w - 1])
        .store('i32.store', 4 * w);
    if (way > 0) b.get(set).get(passed[way]).store('i32.store');
    b.get(passed[way]).set(entry).br(done).end();
  }
  b.i32(0).set(entry).end();
}

/** Puts a word (pushed by the callback) first; the last one goes. */
export function insertFirst(b: Body, ways: number, set: number, word: () => void): void {
  for (let way = ways - 1; way > 0; way--)
    b.get(set)
      .get(set)
      .load('i32.load', 4 * (way - 1))
      .store('i32.store', 4 * way);
  b.get(set);
  word();
  b.store('i32.store');
}
