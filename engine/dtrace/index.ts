/**
 * The host half of DTrace: D compiler, consumer, dtrace(1)'s command line.
 *
 *   parseArguments(argv) -> DtraceCommand
 *   readCatalog(guest memory, kernel image) -> ProbeCatalog
 *   compilePrograms(programs, world) -> Program; .dof() goes to the guest, .messages to stderr
 *   program.consumer() -> Consumer; fed with what the guest hands over, it makes the output
 */

export {
  type CommandInputs,
  type DtraceCommand,
  environmentArguments,
  parseArguments,
  systemReason,
  USAGE,
  VERSION_TEXT,
} from './command.ts';
export { libraryFiles } from './compiler/library.ts';
export type { Answer } from './consumer/answers.ts';
export { Consumer, type ConsumerEnv } from './consumer/consume.ts';
export type { ResolvedAddress, SymbolResolver } from './consumer/display.ts';
export { FAULTS } from './consumer/messages.ts';
export type { OutputItem } from './consumer/output.ts';
export type { Difo } from './dif.ts';
export { disassemble } from './disassemble.ts';
export {
  type CompileWorld,
  compilePrograms,
  DtraceFailure,
  matchedRows,
  Program,
  type ProgramSource,
  programName,
  readIncludes,
} from './dtrace.ts';
export { ERROR_TAGS, type ErrorTag } from './errors.ts';
export { type GuestMemory, readCatalog, symbolLookup, symbolResolver, typeNamesOf } from './guest/catalog.ts';
export { objectOf, PidProbes } from './guest/pid.ts';
export { listProbes } from './list.ts';
export { EXTENSIONS, OPT, Options, UNSET } from './options.ts';
export {
  type ProbeArg,
  ProbeCatalog,
  type ProbeDesc,
  type ProbeRow,
  parseProbeDesc,
  profilePeriod,
} from './probe.ts';
export { providerHeader, providerObject } from './usdt.ts';
