/**
 * The guest's console as a shell.
 *
 * What is typed here arrives at the guest's console device, whose line discipline echoes, edits and makes signals of it. Each piece carries
 * the simulated cycle at which it arrived, and goes into the trace: that is all a re-execution needs. While the guest works, simulated
 * time runs as fast as we can; while it is idle it keeps to the clock on the wall (--fast: does not), and keys are waited for.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { programNames } from '../engine/guestc/recipes.ts';
import { modelsDir } from '../engine/image/place.ts';
import { consoleWait } from '../engine/run/console-wait.ts';
import type { RunInputs } from '../engine/run/inputs.ts';
import { loadScenario, type Scenario } from '../engine/run/scenario.ts';
import { type RunResult, Session } from '../engine/run/session.ts';
import { UserError } from '../engine/run/user-error.ts';
import { startRecording } from '../traces/record.ts';
import { Keyboard } from './keyboard.ts';
import { runInputs } from './run-inputs.ts';

export interface ShellOptions {
  seed: string;
  machine?: string;
  cpus?: string;
  simtime?: string;
  record?: string;
  recordFbt: string[];
  fast?: boolean;
  boot?: boolean;
}

/** Short enough for keys to be echoed at once. */
const SLICE = 2_000_000;
const END_OF_FILE = '\x04';
const SCRIPTS = '/usr/share/dtrace';
const MOTD = `Welcome to probelab. Everything here happens in simulated time.
D scripts are in ${SCRIPTS}. Type exit to switch the machine off.

`;

const banner = (machine: string, cpus: number): string =>
  `probelab: ${machine}, ${cpus} CPU${cpus === 1 ? '' : 's'}; ^] leaves\r\n`;

/** The scenario's files and machine, with a shell at the console in place of its commands. */
function shellScenario(name: string | undefined): Scenario {
  const base = name === undefined ? undefined : loadScenario(name);
  const files: Record<string, string> = { '/etc/motd': MOTD };
  for (const file of readdirSync(`${modelsDir()}/scripts`).sort())
    if (file.endsWith('.d'))
      files[`${SCRIPTS}/${file}`] = readFileSync(`${modelsDir()}/scripts/${file}`, 'utf8');
  Object.assign(files, base?.files);
  const hint = base === undefined ? '' : `echo "The scenario's commands: csh /etc/rc.scenario"\n`;
  if (base?.files['/etc/rc'] !== undefined) files['/etc/rc.scenario'] = base.files['/etc/rc'];
  files['/etc/rc'] = `cat /etc/motd\n${hint}csh -i\n`;
  return {
    name: base?.name ?? 'sh',
    description: base?.description ?? 'a shell at the console',
    ...(base?.machine === undefined ? {} : { machine: base.machine }),
    files,
    programs: programNames(),
    console: [],
  };
}

/** Returns the exit code: 0 when the session ended as somebody asked, 1 when the guest panicked or stopped by itself. */
export async function shellCommand(name: string | undefined, options: ShellOptions): Promise<number> {
  const { simtimeNs, ...bounded } = runInputs(shellScenario(name), options);
  const inputs: RunInputs = {
    ...bounded,
    ...(options.simtime === undefined ? {} : { simtimeNs }),
    interactive: true,
  };
  const keyboard = new Keyboard();
  const recording = startRecording(options.record);
  const plain = process.stdout.isTTY !== true;
  let shown = options.boot === true;
  let result: RunResult;
  try {
    const session = await Session.open(inputs, {
      slice: SLICE,
      console: (bytes, cycle) => {
        recording.console(bytes, cycle);
        if (shown) process.stdout.write(plain ? bytes.filter((byte) => byte !== CR) : bytes);
      },
      records: recording.records,
      mark: (text, cycle) => {
        recording.mark(text, cycle);
        if (text === 'ready') shown = true;
        if (text.startsWith('status ')) shown = options.boot === true;
      },
      typed: recording.typed,
      progress: () => keyboard.left,
      turn: () => turn(),
    });
    const waiting = consoleWait(session.images[0], session.machine.memory);
    const pace = new Pace(session);
    const turn = async (): Promise<void> => {
      if (!keyboard.terminal) {
        if (waiting() && session.machine.state.input.length === 0)
          session.type((await keyboard.line()) ?? END_OF_FILE);
        else await breathe();
        return;
      }
      const rest = options.fast === true ? 0 : pace.ahead();
      await keyboard.wait(rest);
      const keys = keyboard.take();
      if (keys !== '') session.type(keys);
    };
    recording.open(session);
    keyboard.open();
    if (keyboard.terminal) process.stdout.write(banner(inputs.machine, inputs.cpus));
    result = await session.run();
    recording.finish(result);
  } catch (error) {
    recording.abandon();
    throw error;
  } finally {
    keyboard.close();
  }
  return ended(result);
}

function ended({ stop }: RunResult): number {
  switch (stop.reason) {
    case 'panic':
      throw new UserError(`the guest panicked: ${stop.message}`, 1);
    case 'deadlock':
      throw new UserError('the guest is deadlocked: no CPU has anything to do, and nothing will happen', 1);
    case 'limit':
      process.stderr.write('\nprobelab: the time of --simtime is over\n');
      return 0;
    case 'interrupted':
      process.stderr.write('\nprobelab: left the session\n');
      return 0;
    default:
      return 0;
  }
}

/** Simulated time against the clock on the wall. */
class Pace {
  readonly #session: Session;
  /** Moments that belong together. */
  #wall = 0;
  #cycle = Number.NaN;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Milliseconds by which the simulation leads; 0 while the guest works. */
  ahead(): number {
    const { reached, profile, machine } = this.#session;
    const now = performance.now();
    const simulated = ((reached - this.#cycle) / profile.clockHz) * 1000;
    const lead = simulated - (now - this.#wall);
    if (machine.idle && lead > 0) return lead;
    // Behind, or just begun: time lost is not made up for.
    if (!(lead > 0)) {
      this.#wall = now;
      this.#cycle = reached;
    }
    return 0;
  }
}

const CR = 13;
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
