/** What a machine is given, and what it tells: its options, why it stopped, the line it stands at, its sums. */
import type { Image } from '../image/image.ts';
import type { Profile } from '../image/profile.ts';
import type { BootFile } from './loader.ts';

/** The consumer's link to its host half: docs/guest-abi.md section 9. */
export type LibdtraceCall = (sub: number, a: bigint, b: bigint, c: bigint, memory: UserMemory) => bigint;
export interface LibdtraceLink {
  call: LibdtraceCall;
  /** With the last call the run has come to its end. */
  readonly over: boolean;
}
/** User memory of the process that made the call. */
export interface UserMemory {
  /** Names the address space (its page table) while the process lives. */
  readonly space: number;
  read(address: bigint, length: number): Uint8Array;
  write(address: bigint, data: Uint8Array): void;
}

export interface MachineOptions {
  profile: Profile;
  kernel: Image;
  programs: Image[];
  files?: BootFile[];
  /** Second names of programs: path to program. */
  links?: Record<string, string>;
  kenv?: Record<string, string>;
  seed: number;
  /** Default: the profile's. 1 to 64. */
  cpus?: number;
  /** Bytes that arrive at the console at given cycles. */
  consoleInput?: { cycle: number; text: string }[];
  /** The scenario's time limit in cycles, for CYCLES_LEFT. */
  cycleLimit?: number;
  // What these throw ends the run: it comes out of `run` as it is.
  /** Called with what the guest wrote to its console; `kernel`: not on the console's first line: the kernel's own message, or /dev/ttyu1. */
  onConsole?: (bytes: Uint8Array, cycle: number, kernel: boolean) => void;
  /** Called with each full (or final) part of the record ring; the bytes are valid only during the call. */
  onRecords?: (ring: Uint8Array) => void;
  onMark?: (text: string, cycle: number, cpu: number) => void;
  libdtrace?: LibdtraceLink;
}

export type Stop =
  | { reason: 'poweroff'; status: number }
  | { reason: 'panic'; message: string }
  | { reason: 'mark'; text: string }
  | { reason: 'limit' }
  /** The session's consumer has done its work (LibdtraceLink.over). */
  | { reason: 'over' }
  | { reason: 'deadlock' }
  /** A CPU has reached its stop (`stopAt`). */
  | { reason: 'stopped'; cpu: number }
  /** A CPU has made records (`stopAtRecords`). */
  | { reason: 'record'; cpu: number }
  /** At a line (`onLine`). It cannot go on from there. */
  | { reason: 'line'; cpu: number };

/** A line of source that is about to be executed. */
export interface Line {
  cpu: number;
  /** Offset of the frame, and of the thread's pcb. */
  fp: number;
  pcb: number;
  user: boolean;
  clock: number;
  /** Table index of the function. */
  index: number;
  /** Text address, relative to the image's text. */
  pc: number;
  line: number;
  /** The function begins here. */
  entry: boolean;
}

export interface MachineStats {
  instructions: number;
  l1Misses: number;
  l2Misses: number;
  l3Misses: number;
  transfers: number;
  tlbMisses: number;
  mispredicts: number;
  memCycles: number;
}
