/**
 * What `probelab dtrace` does: dtrace(1)'s modes on a machine booted for it.
 *
 * Extensions are -x options: scenario (default session), machine, seed, simtime, record (recordfrom, recordto, recordring, recorduntil), ghost, program. With -c the guest runs that command instead of a scenario.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  compilePrograms,
  type DtraceCommand,
  environmentArguments,
  listProbes,
  matchedRows,
  ProbeCatalog,
  parseArguments,
  profilePeriod,
  providerHeader,
  providerObject,
  readIncludes,
  systemReason,
  USAGE,
  VERSION_TEXT,
} from '../engine/dtrace/index.ts';
import type { Image } from '../engine/image/image.ts';
import { FROM_SOURCES } from '../engine/image/place.ts';
import { loadProfile } from '../engine/image/profile.ts';
import { BootStore } from '../engine/run/boot-store.ts';
import {
  catalogOf,
  DtraceError,
  haveOwnProbes,
  inDtraceWords,
  inspectsProcesses,
} from '../engine/run/dtrace-session.ts';
import type { RunInputs } from '../engine/run/inputs.ts';
import { loadScenario } from '../engine/run/scenario.ts';
import { Session } from '../engine/run/session.ts';
import { UserError } from '../engine/run/user-error.ts';
import { DtraceOutput } from './dtrace-output.ts';
import { Progress } from './progress.ts';
import { execScenario, runInputs, splitOption, withSystemPrograms } from './run-inputs.ts';

const DEFAULT_SCENARIO = 'session';

/** Sources change between two runs, what is built does not. */
const keptBoots = () => (FROM_SOURCES ? undefined : new BootStore());

/**
 * -x program=FILE.c[,FILE.c...][,FILE.o...]: a program of the user's, compiled and installed for this run; named after the first C file. The
 * objects are those of -G: providers of the program's own probes.
 */
async function ownProgram(command: DtraceCommand, machine: string): Promise<Image[]> {
  const files = command.options.extensions.get('program');
  if (files === undefined) return [];
  if (command.options.extensions.has('record'))
    throw new UserError(
      '-x program: a trace cannot be executed again with a program that is not installed: leave -x record out',
    );
  const paths = files.split(',');
  const odd = paths.find((path) => !/\.[co]$/.test(path));
  if (odd !== undefined) throw new UserError(`-x program=${files}: '${odd}' is neither a .c nor a .o file`);
  // Loaded here: whoever brings no program must not pay for the compiler.
  const { compileProgram } = await import('../engine/guestc/build.ts');
  return [compileProgram(paths, { profile: loadProfile(machine), pidSites: true })];
}

/** Returns the exit status: dtrace(1)'s. */
export async function dtraceCommand(words: string[]): Promise<number> {
  // What the environment sets becomes part of the command line, and so of the run's inputs.
  const argv = words.length === 0 ? [] : [...environmentArguments(process.env), ...words];
  const files: Record<string, string> = {};
  const command = inDtraceWords(() =>
    parseArguments(argv, {
      readFile: (path) => {
        files[path] = readFileSync(path === '-' ? 0 : path, 'utf8');
        return files[path];
      },
    }),
  );
  // What scripts include belongs to the run's inputs, too.
  readIncludes(command.programs, command.options, (path) => {
    try {
      files[path] = readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
    return files[path];
  });
  if (command.mode === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (command.mode === 'version') {
    process.stdout.write(VERSION_TEXT);
    return 0;
  }
  if (command.mode === 'header' || command.mode === 'object') return declare(command);
  const inputs = dtraceInputs(command);
  // The pid provider's probes are there only with their processes: those are run, and held.
  const extraPrograms = await ownProgram(command, inputs.machine);
  const inspects = command.mode === 'list' || command.compileOnly;
  if (inspects && !inspectsProcesses(command, haveOwnProbes(extraPrograms))) return inspect(command, inputs);
  return trace(command, { ...inputs, dtrace: { argv, files, endsRun: true } }, extraPrograms);
}

/**
 * -h and -G: what a C program with probes of its own is compiled with. Nothing runs. -G may name the program's C files, in the place of object
 * files, to have their sites looked at.
 */
async function declare(command: DtraceCommand): Promise<number> {
  const { mode, options, programs, output = '' } = command;
  const link = mode === 'object';
  const isObject = (word: string) => link && word.endsWith('.o');
  const isSource = (word: string) => link && word.endsWith('.c');
  const object = command.args.find(isObject);
  if (object !== undefined)
    throw new DtraceError(
      `dtrace: -G: ${object}: the guest's programs have no object files: name the C files in their place, and give ${output} to the compiler with them`,
      2,
    );
  const { checkSites, kernelImage } = await import('../engine/guestc/build.ts');
  const profile = loadProfile(options.extensions.get('machine') ?? 'amd64');
  const world = {
    catalog: new ProbeCatalog([]),
    image: kernelImage(profile),
    options,
    args: command.args.filter((word) => !isSource(word)),
    caret: process.stderr.isTTY === true,
  };
  const sources = command.args.filter(isSource);
  const made = inDtraceWords(() => {
    if (!link) return providerHeader(programs, world, output === '-' ? undefined : output);
    const bytes = providerObject(programs, world);
    const defines = options.macros.flatMap((m) => ('define' in m ? [splitOption(m.define)] : []));
    if (sources.length > 0)
      checkSites(sources, output, bytes, {
        profile,
        includeDirs: options.includeDirs,
        defines: Object.fromEntries(defines.map(([name, value]) => [name, value === '' ? '1' : value])),
      });
    return bytes;
  });
  if (output === '-') {
    process.stdout.write(made);
    return 0;
  }
  try {
    writeFileSync(output, made);
  } catch (error) {
    throw new DtraceError(`dtrace: failed to open output file '${output}': ${systemReason(error)}`, 1);
  }
  return 0;
}

function dtraceInputs(command: DtraceCommand): RunInputs {
  const extension = (name: string) => command.options.extensions.get(name);
  const scenario =
    command.commands.length > 0
      ? execScenario(command.commands[0])
      : loadScenario(extension('scenario') ?? DEFAULT_SCENARIO);
  const texts = command.programs.map(({ text }) => text);
  const inputs = runInputs(withSystemPrograms(scenario, texts), {
    seed: extension('seed') ?? '1',
    machine: extension('machine'),
    simtime: extension('simtime'),
    recordFrom: extension('recordfrom'),
    recordTo: extension('recordto'),
    recordRing: extension('recordring'),
    recordUntil: extension('recorduntil'),
  });
  return extension('simtime') === undefined ? upFor(inputs, slowestClock(command)) : inputs;
}

/** No clock is waited for longer, ns; its own limit has to be asked for. */
const PATIENCE_NS = 600e9;

/** The longest period of a profile-N or tick-N that the programs name, ns. */
function slowestClock({ programs }: DtraceCommand): number {
  const names = programs.flatMap(({ text }) => text.match(/\b(?:profile|tick)-\d+[a-z]*/gi) ?? []);
  const periods = names.map((name) => Number(profilePeriod(name) ?? 0));
  return Math.max(0, ...periods.filter((ns) => ns <= PATIENCE_NS));
}

/** The same run, up for long enough that a clock with this period goes off, and what it prints is seen. */
const upFor = (inputs: RunInputs, ns: number): RunInputs =>
  ns === 0 ? inputs : { ...inputs, simtimeNs: Math.max(inputs.simtimeNs ?? 0, ns + 2e9) };

/** -l and -e: the guest boots, because its providers make the probes; nothing is traced. */
async function inspect(command: DtraceCommand, inputs: RunInputs): Promise<number> {
  const session = await Session.open(inputs, { boots: keptBoots() });
  await session.boot();
  const [kernel] = session.images;
  const world = {
    catalog: catalogOf(session.machine, kernel),
    image: kernel,
    options: command.options,
    args: command.args,
    listing: command.listing,
    verbose: command.verbose,
    compileOnly: command.compileOnly,
    caret: process.stderr.isTTY === true,
  };
  const complain = (text: string) => process.stderr.write(text);
  const output = new DtraceOutput(command.output, (bytes) => process.stdout.write(bytes), complain);
  try {
    if (command.mode === 'list') {
      // Descriptions that match nothing are told, and are no failure.
      const { rows, messages } = inDtraceWords(() => matchedRows(command.programs, world));
      output.text(listProbes(rows, command.verbose));
      complain(messages);
      return 0;
    }
    const program = inDtraceWords(() => compilePrograms(command.programs, world));
    complain(program.messages);
    output.text(program.report);
    return 0;
  } finally {
    output.close();
  }
}

async function trace(command: DtraceCommand, inputs: RunInputs, extraPrograms: Image[]): Promise<number> {
  const progress = new Progress();
  const path = command.options.extensions.get('record');
  // Without a trace to write no site is recorded: the guest runs faster, and no differently.
  const recording =
    path === undefined ? undefined : (await import('../traces/record.ts')).startRecording(path);
  let handled = 0;
  let shown = false;
  /** What the guest's terminal still echoes of a ^C that was typed here: it has been seen. */
  let echo = '';
  const unechoed = (bytes: Uint8Array): Uint8Array => {
    let at = 0;
    for (; at < bytes.length && echo !== '' && bytes[at] === echo.charCodeAt(0); at++) echo = echo.slice(1);
    return bytes.subarray(at);
  };
  const complain = (text: string) => {
    progress.clear();
    process.stderr.write(text);
  };
  const output = new DtraceOutput(
    command.output,
    (bytes) => {
      progress.clear();
      process.stdout.write(bytes);
    },
    complain,
  );
  try {
    const session = await Session.open(inputs, {
      extraPrograms,
      boots: recording === undefined ? keptBoots() : undefined,
      // What the command of -c or a system() action prints appears beside DTrace's own output, as it would in a terminal; a scenario's
      // console does not.
      console: (bytes, cycle, secondLine) => {
        recording?.console(bytes, cycle);
        const system = secondLine && session.dtrace?.systemRunning === true;
        if ((shown && command.commands.length > 0) || system) {
          progress.clear();
          process.stdout.write(unechoed(bytes.filter((byte) => byte !== 13)));
        }
      },
      ...(recording === undefined ? {} : { records: recording.records }),
      mark: (text, cycle) => {
        recording?.mark(text, cycle);
        shown = text === 'ready';
      },
      dtraceOut: (bytes) => output.write(bytes),
      dtraceFile: (change) => output.change(change),
      dtraceErr: complain,
      progress: (cycles) => {
        const what = handled === 0 ? 'tracing' : 'stopping (^C again: at once)';
        progress.show(() => `${what}: ${((cycles / session.profile.clockHz) * 1e3).toFixed(0)} ms simulated`);
        // One by one: the second ends all at once.
        const asked = progress.interrupts > handled;
        if (asked && handled++ === 0) echo = '^C';
        return asked;
      },
    });
    recording?.open(session);
    const result = await session.run();
    recording?.finish(result);
    progress.clear();
    const { stop } = result;
    if (stop.reason === 'panic' || stop.reason === 'deadlock') {
      process.stderr.write(`dtrace: the guest stopped: ${'message' in stop ? stop.message : 'deadlock'}\n`);
      return 1;
    }
    if (stop.reason !== 'interrupted' && session.dtrace?.ended === false) {
      process.stderr.write('dtrace: killed before it had finished\n');
      return 1;
    }
    // dtrace(1) itself knows no such end; who reads its output with a program is not told.
    if (result.timeUp && inputs.simtimeNs !== undefined && process.stderr.isTTY === true)
      process.stderr.write(
        `probelab: ended after ${inputs.simtimeNs / 1e9} s of simulated time (-x simtime= sets another limit)\n`,
      );
    return result.dtraceStatus ?? 0;
  } catch (error) {
    recording?.abandon();
    throw error;
  } finally {
    output.close();
    progress.end();
  }
}
