// Named streams: independent of each other, and part of a checkpoint.
import { expect, test } from 'vitest';
import { RandomStreams } from '../../engine/machine/random.ts';

const draw = (streams: RandomStreams, name: string, n: number) => {
  const stream = streams.stream(name);
  return Array.from({ length: n }, () => stream.bits64());
};

test('a new user of randomness does not shift the others', () => {
  const alone = draw(new RandomStreams(7), 'entropy', 5);
  const busy = new RandomStreams(7);
  draw(busy, 'ada0', 100);
  expect(draw(busy, 'entropy', 5)).toEqual(alone);
});

test('seeds and names give different streams', () => {
  const first = [
    ...draw(new RandomStreams(1), 'entropy', 1),
    ...draw(new RandomStreams(2), 'entropy', 1),
    ...draw(new RandomStreams(1), 'ada0', 1),
  ];
  expect(new Set(first).size).toBe(3);
});

test('restoring goes on where saving was, also for streams already handed out', () => {
  const streams = new RandomStreams(3);
  const stream = streams.stream('entropy');
  stream.bits64();
  const saved = streams.save();
  const next = [stream.bits64(), stream.bits64()];
  streams.restore(saved);
  expect([stream.bits64(), stream.bits64()]).toEqual(next);
});
