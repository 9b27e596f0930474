/**
 * dtrace(1)'s command line.
 */
import { readFileSync } from 'node:fs';
import { DtraceFailure, type ProgramSource } from './dtrace.ts';
import { LibraryError } from './errors.ts';
import { EXTENSIONS, Options } from './options.ts';

export interface DtraceCommand {
  mode: 'trace' | 'list' | 'version' | 'help' | 'header' | 'object';
  programs: ProgramSource[];
  options: Options;
  /** $1, $2, ... */
  args: string[];
  /** -c, several of them; the first is $target. */
  commands: string[];
  /** -p */
  pids: number[];
  /** -o: append there. */
  output: string | undefined;
  /** -e: compile, then exit. */
  compileOnly: boolean;
  /** -S */
  listing: boolean;
  /** -v */
  verbose: boolean;
}

export const VERSION_TEXT = 'dtrace: Sun D 1.13\n';

export const USAGE = `Usage: dtrace [-32|-64] [-aACeFGhHlqSvVwZ] [-b bufsz] [-c cmd] [-D name[=def]]
\t[-I path] [-L path] [-o output] [-p pid] [-s script] [-U name]
\t[-x opt[=val]] [-X a|c|s|t]

\t[-P provider [[ predicate ] action ]]
\t[-m [ provider: ] module [[ predicate ] action ]]
\t[-f [[ provider: ] module: ] func [[ predicate ] action ]]
\t[-n [[[ provider: ] module: ] func: ] name [[ predicate ] action ]]
\t[-i probe-id [[ predicate ] action ]] [ args ... ]

\tpredicate -> '/' D-expression '/'
\t   action -> '{' D-statements '}'

\t-b  size of each CPU's trace buffer
\t-c  run the command in the guest and end when it does
\t-C  run the C preprocessor over script files
\t-D  define a macro for the preprocessor
\t-e  exit after compiling
\t-f  enable or list probes by function
\t-F  indent the output by function entry and return
\t-G  write the object of a program's own probes, to be linked with it
\t-h  write the C header of a program's own probes
\t-H  list the files that the preprocessor includes
\t-i  enable or list probes by id
\t-I  look for included files in this directory, too
\t-l  list probes instead of enabling them
\t-L  look for D libraries in this directory, too
\t-m  enable or list probes by module
\t-n  enable or list probes by name
\t-o  append the output to this file
\t-p  follow this guest process and end when it does
\t-P  enable or list probes by provider
\t-q  quiet: only what the program prints
\t-s  enable or list probes by a script ("-": standard input)
\t-S  print the compiler's intermediate code
\t-U  undefine a macro
\t-v  report stability and argument types
\t-V  report the version of the D API
\t-w  permit destructive actions
\t-x  set an option; probelab's own are ${[...EXTENSIONS].join(', ')}
\t-X  standard for the preprocessor
\t-Z  permit descriptions that match no probe
`;

const WITH_ARGUMENT = new Set('bcDfiILmnopPsUxX'.split(''));
const FLAGS = new Set('aACeFGhHlqSvVwZ'.split(''));
/** Of these only one may be given. */
const MODES = new Set('AGhlV'.split(''));

/** Modes that cannot be had here, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  A: 'anonymous tracing spans a reboot, and each run boots the machine anew: give the program to this run instead',
};

const usage = (message: string): DtraceFailure =>
  new DtraceFailure(`dtrace: ${message}\n${USAGE.trimEnd()}`, 2);

/** Environment variables that set options: DTRACE_OPT_BUFSIZE=1m is -x bufsize=1m. */
const ENVIRONMENT = /^DTRACE_OPT_(\w+)$/;

/** The options that the environment sets, as words to go before those of the command line. */
export const environmentArguments = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.keys(env)
    .sort()
    .flatMap((name) => {
      const option = ENVIRONMENT.exec(name)?.[1].toLowerCase();
      const value = env[name];
      if (option === undefined || value === undefined) return [];
      return ['-x', value === '' ? option : `${option}=${value}`];
    });

export interface CommandInputs {
  /** Text of a script; "-" is standard input. Undefined: there is none. A system error that it throws is told. */
  readFile?: (path: string) => string | undefined;
}

const hostFile = (path: string): string => readFileSync(path === '-' ? 0 : path, 'utf8');

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  ENAMETOOLONG: 'File name too long',
};

/** A system error of the host in the C library's words. */
export const systemReason = (error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
};

/** Parse the arguments after the command's name. Throws DtraceFailure (exit status 2 for usage). */
export function parseArguments(argv: readonly string[], inputs: CommandInputs = {}): DtraceCommand {
  const readFile = inputs.readFile ?? hostFile;
  const cmd: DtraceCommand = {
    mode: 'trace',
    programs: [],
    options: new Options(),
    args: [],
    commands: [],
    pids: [],
    output: undefined,
    compileOnly: false,
    listing: false,
    verbose: false,
  };
  const o = cmd.options;
  o.set('temporal', 'yes');
  if (argv.length === 0) throw new DtraceFailure(USAGE.trimEnd(), 2);
  const modes = new Set<string>();
  let onlyArguments = false;
  const set = (name: string, value: string | undefined): void => {
    try {
      o.set(name, value);
    } catch (e) {
      if (!(e instanceof LibraryError)) throw e;
      throw new DtraceFailure(`dtrace: failed to set -x ${name}: ${e.message}`, 1);
    }
  };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (onlyArguments || word === '-' || !word.startsWith('-')) {
      cmd.args.push(word);
      continue;
    }
    if (word === '--') {
      onlyArguments = true;
      continue;
    }
    if (word === '--help') {
      cmd.mode = 'help';
      continue;
    }
    if (word === '-32') throw new DtraceFailure('dtrace: -32: the guest is a 64-bit system', 2);
    if (word === '-64') continue;
    for (let j = 1; j < word.length; j++) {
      const c = word[j];
      if (FLAGS.has(c)) {
        if (MODES.has(c)) modes.add(c);
        flag(c);
        continue;
      }
      if (!WITH_ARGUMENT.has(c)) throw usage(`illegal option -- ${c}`);
      let value = word.slice(j + 1);
      if (value === '') {
        if (i + 1 >= argv.length) throw usage(`option requires an argument -- ${c}`);
        value = argv[++i];
      }
      argument(c, value);
      break;
    }
  }

  function flag(c: string): void {
    switch (c) {
      case 'a':
        set('grabanon', undefined);
        return;
      case 'C':
        o.flags.cpp = true;
        return;
      case 'G':
        cmd.mode = 'object';
        return;
      case 'h':
        cmd.mode = 'header';
        return;
      case 'H':
        set('cpphdrs', undefined);
        return;
      case 'e':
        cmd.compileOnly = true;
        return;
      case 'F':
        set('flowindent', undefined);
        return;
      case 'l':
        cmd.mode = 'list';
        o.flags.zdefs = true;
        return;
      case 'q':
        set('quiet', undefined);
        return;
      case 'S':
        cmd.listing = true;
        return;
      case 'v':
        cmd.verbose = true;
        return;
      case 'V':
        cmd.mode = 'version';
        return;
      case 'w':
        set('destructive', undefined);
        return;
      case 'Z':
        o.flags.zdefs = true;
        return;
    }
  }

  function argument(c: string, value: string): void {
    switch (c) {
      case 'b':
        try {
          o.set('bufsize', value);
        } catch {
          throw new DtraceFailure(`dtrace: failed to set -b ${value}: Invalid value for specified option`, 1);
        }
        return;
      case 'c':
        cmd.commands.push(value);
        return;
      case 'D':
        o.macros.push({ define: value });
        return;
      case 'U':
        o.macros.push({ undef: value });
        return;
      case 'I':
        o.includeDirs.push(value);
        return;
      case 'L':
        o.libraryDirs.push(value);
        return;
      case 'o':
        cmd.output = value;
        return;
      case 'p': {
        const pid = Number(value);
        if (!/^\d+$/.test(value) || !Number.isSafeInteger(pid))
          throw new DtraceFailure(`dtrace: invalid pid: ${value}`);
        cmd.pids.push(pid);
        return;
      }
      case 'X':
        if (!['a', 'c', 's', 't'].includes(value))
          throw new DtraceFailure(`dtrace: failed to set -X ${value}: Invalid value for specified option`);
        return;
      case 'x': {
        const eq = value.indexOf('=');
        if (eq < 0) set(value, undefined);
        else set(value.slice(0, eq), value.slice(eq + 1));
        return;
      }
      case 's': {
        const text = scriptText(value);
        cmd.programs.push({ kind: 's', text, path: value });
        return;
      }
      default:
        cmd.programs.push({ kind: c as ProgramSource['kind'], text: value });
    }
  }

  function scriptText(path: string): string {
    let reason = REASONS.ENOENT;
    try {
      const text = readFile(path);
      if (text !== undefined) return text;
    } catch (error) {
      reason = systemReason(error);
    }
    throw new DtraceFailure(`dtrace: failed to open ${path}: ${reason}`);
  }

  if (modes.size > 1)
    throw new DtraceFailure('dtrace: only one of the [-AGhlV] options can be specified at a time', 2);
  for (const mode of modes)
    if (REFUSED[mode] !== undefined) throw new DtraceFailure(`dtrace: -${mode}: ${REFUSED[mode]}`, 2);
  if (cmd.mode === 'header' || cmd.mode === 'object') cmd.output = declarationFile(cmd);
  const claims = o.isSet('grabanon');
  if (cmd.mode === 'trace' && cmd.programs.length === 0 && !cmd.compileOnly && !claims)
    throw new DtraceFailure('dtrace: no probes specified');
  return cmd;
}

/** -h, -G: where what they make goes; "-" is standard output. By default beside the script, under its name. Throws DtraceFailure. */
function declarationFile({ mode, programs, output }: DtraceCommand): string {
  const [option, suffix] = mode === 'header' ? ['-h', '.h'] : ['-G', '.o'];
  const misuse = (what: string) => new DtraceFailure(`dtrace: ${option} ${what}`, 2);
  if (programs.length === 0) throw misuse('requires one or more scripts or enabling options');
  if (output !== undefined) return output;
  if (programs.length > 1) throw misuse('requires an output file if multiple scripts are specified');
  const path = programs[0].path;
  if (path === undefined) throw misuse('requires an output file if no scripts are specified');
  if (!path.endsWith('.d')) throw misuse(`requires an output file: ${path} has no name that ends in .d`);
  return path.replace(/^.*\//, '').replace(/\.d$/, suffix);
}
