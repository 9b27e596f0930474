/**
 * Machine profiles: the hardware's numbers, read from models/machines/NAME.json.
 *
 * In the file each number stands beside its source: `"l1dHit": [4, "costs.md 3.1 [S21]"]`. Only hardware primitives belong in a
 * profile; what a kernel function costs comes out of its code.
 */
import { readFileSync } from 'node:fs';
import { modelsDir } from './place.ts';

export interface Profile {
  name: string;
  description: string;
  /** CPUs by default, cycles a second, bytes of memory. */
  cpus: number;
  clockHz: number;
  ramBytes: number;
  /** Kernel clock rates, per second. */
  hz: number;
  stathz: number;
  profhz: number;
  /** Kernel options, defined as macros when the kernel is compiled: WITNESS, INVARIANTS, ... */
  options: string[];
  /** Cost of instruction classes, in 1/16 cycle. */
  instructions: Record<InstructionClass, number>;
  cache: {
    enabled: boolean;
    /** Bytes, ways; extra cycles of a hit beyond what `load` costs. size 0: this level is absent. */
    l1d: CacheLevel;
    l2: CacheLevel;
    l3: CacheLevel;
    /** Extra cycles of a load from memory; of a line modified in, or shared with, another CPU's cache; of a store that must take a shared line. */
    memory: number;
    transferModified: number;
    transferShared: number;
    upgrade: number;
    /** Share of a store's miss that stalls the CPU, in 1/16 (a store buffer hides the rest). */
    storeMissSixteenths: number;
    /** Share of a sequential line's miss inside rep_movsb/rep_stosb that stalls (prefetch hides the rest), in 1/16. */
    streamMissSixteenths: number;
  };
  tlb: { entries: number; miss: number };
  predictor: { enabled: boolean; entries: number; mispredict: number };
  /** Cycles. */
  trapKernel: number;
  trapUser: number;
  syscallEntry: number;
  syscallExit: number;
  interruptEntry: number;
  interruptExit: number;
  /** rdtsc, or reading the timer. */
  clockRead: number;
  /** An access to a device register: timer, interrupt controller, console. */
  mmio: number;
  ipiSend: number;
  /** Sender to receiver: also the lookahead between CPUs. */
  ipiLatency: number;
  atomic: number;
  pause: number;
  repStartup: number;
  /** Cycles for 64 bytes copied or filled when all is in L1. */
  repMovsPerLine: number;
  repStosPerLine: number;
  /** Loading cr3; invlpg. */
  setCr3: number;
  invlpg: number;
  /** Cycles to set or clear the interrupt flag. */
  intrFlag: number;
}

export interface CacheLevel {
  size: number;
  ways: number;
  hit: number;
}

export type InstructionClass =
  | 'alu'
  | 'mul'
  | 'div32'
  | 'div64'
  | 'load'
  | 'store'
  | 'branch'
  | 'jump'
  | 'call'
  | 'ret'
  | 'indirect'
  | 'float'
  | 'fdiv';

/** Every [value, source] pair becomes its value. */
function values(node: unknown): unknown {
  if (Array.isArray(node)) {
    if (node.length === 2 && typeof node[1] === 'string' && typeof node[0] !== 'string') return node[0];
    return node.map(values);
  }
  if (node !== null && typeof node === 'object')
    return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, values(v)]));
  return node;
}

/** Throws Error naming the profile and the known ones if there is no such file. */
export function loadProfile(name: string): Profile {
  if (!/^[\w-]+$/.test(name)) throw new Error(`no machine profile '${name}'`);
  let text: string;
  try {
    text = readFileSync(`${modelsDir()}/machines/${name}.json`, 'utf8');
  } catch {
    throw new Error(`no machine profile '${name}': 'probelab list machines' shows them`);
  }
  return { name, ...(values(JSON.parse(text)) as Omit<Profile, 'name'>) };
}
