// The event queue's promise: earlier cycle first, at equal cycles first scheduled first, whatever is cancelled meanwhile.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from '../../engine/machine/events.ts';

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('schedule' as const), cycle: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ do: fc.constant('pop' as const), cycle: fc.constant(0) }),
    fc.record({ do: fc.constant('cancel' as const), cycle: fc.nat(30) }),
    fc.record({ do: fc.constant('reload' as const), cycle: fc.constant(0) }),
  ),
  { maxLength: 600 },
);

test('pops what a sorted list pops', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const queue = new EventQueue(2);
      let model: { cycle: number; id: number; handle: number }[] = [];
      let id = 0;
      for (const step of script) {
        if (step.do === 'schedule') {
          const handle = queue.schedule(step.cycle, 1, 0, id);
          model.push({ cycle: step.cycle, id: id++, handle });
          model.sort((a, b) => a.cycle - b.cycle || a.id - b.id);
        } else if (step.do === 'pop') {
          expect(queue.pop()?.arg).toBe(model.shift()?.id);
        } else if (step.do === 'cancel' && model.length > 0) {
          const [gone] = model.splice(step.cycle % model.length, 1);
          queue.cancel(gone.handle);
        } else if (step.do === 'reload') {
          const handles = queue.restore(queue.save());
          model = model.map((m) => ({ ...m, handle: handles.get(m.handle) ?? -1 }));
        }
        expect(queue.size).toBe(model.length);
        expect(queue.nextCycle).toBe(model[0]?.cycle ?? Number.POSITIVE_INFINITY);
      }
    }),
    { seed: 11 },
  );
});

test('an event scheduled at the cycle of another comes after it', () => {
  const queue = new EventQueue();
  for (const arg of [1, 2, 3]) queue.schedule(100, 0, 0, arg);
  expect([queue.pop()?.arg, queue.pop()?.arg, queue.pop()?.arg]).toEqual([1, 2, 3]);
});
