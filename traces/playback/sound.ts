/** Is a value read from a file a view state? A keyframe that is none is not used: the state is folded from an earlier one. */

import { initialState, threadOf } from './fold.ts';
import { ACTIVITIES, type RunState } from './state.ts';

type Shape = Record<string, unknown>;

const isObject = (value: unknown): value is Shape =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array);
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isNumbers = (value: unknown): boolean => Array.isArray(value) && value.every(isNumber);
const isStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((v) => typeof v === 'string');

/** Same fields of the same kinds as the example. */
const like = (value: unknown, example: object): value is Shape =>
  isObject(value) &&
  Object.entries(example).every(([key, e]) =>
    typeof e === 'number'
      ? isNumber(value[key])
      : typeof e === typeof value[key] && Array.isArray(e) === Array.isArray(value[key]),
  );

const LOCK = {
  address: '',
  class: '',
  name: '',
  owner: 0,
  readers: [],
  waiters: [],
  since: 0,
  acquires: 0,
  contended: 0,
  holdCycles: 0,
  holdMax: 0,
  waitNs: 0,
  holdHistogram: [],
  waitHistogram: [],
};

export function soundState(value: unknown, cpus: number, seq: number): value is RunState {
  const example = initialState(1);
  const thread = threadOf(example, undefined, 1, 0);
  if (!isObject(value) || value['seq'] !== seq || !isNumber(value['cycle'])) return false;
  if (!like(value['totals'], example.totals)) return false;
  const cpuList = value['cpus'];
  if (!Array.isArray(cpuList) || cpuList.length !== cpus) return false;
  for (const cpu of cpuList) {
    if (!like(cpu, example.cpus[0])) return false;
    if (!isNumbers(cpu['spent']) || (cpu['spent'] as unknown[]).length !== ACTIVITIES.length) return false;
    for (const over of cpu['over'] as unknown[])
      if (
        !isObject(over) ||
        !isNumber(over['number']) ||
        !isNumber(over['since']) ||
        !/^(interrupt|probe)$/.test(String(over['kind']))
      )
        return false;
  }
  if (!isObject(value['threads']) || !isObject(value['locks']) || !isObject(value['lockNames'])) return false;
  for (const each of Object.values(value['threads']))
    if (!like(each, thread) || !isStrings(each['holds'])) return false;
  for (const each of Object.values(value['locks']))
    if (
      !like(each, LOCK) ||
      !['readers', 'waiters', 'holdHistogram', 'waitHistogram'].every((key) => isNumbers(each[key]))
    )
      return false;
  return Object.values(value['lockNames']).every((name) => typeof name === 'string');
}
