/**
 * Measuring one run: how long a process took, and what its CPU did meanwhile.
 *
 * From creation (fork) to exit of the first process that bears the given name, as /usr/bin/time would see it but exact. Counted from the ordered
 * events, so nothing in the guest takes part in the measurement.
 */
import { kernelImage, programImage } from '../../engine/guestc/build.ts';
import type { Image } from '../../engine/image/image.ts';
import type { Profile } from '../../engine/image/profile.ts';
import type { Boots } from '../../engine/run/boots.ts';
import { Session, type SessionHooks } from '../../engine/run/session.ts';
import type { Site } from '../../engine/run/sites.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { argumentNumber, type EventColumns } from '../columns.ts';
import { ThreadNames } from '../diff/threads.ts';
import { siteName } from '../diff/timeline.ts';
import { startRecording } from '../record.ts';
import { type EventSink, Recorder } from '../recorder.ts';
import type { Job, Measurement } from './probe-effect.ts';

/** What the measurement looks at; all that is recorded when no trace is kept. */
const ROLES = [
  '_trace:kernel:none:thread-create',
  '_trace:kernel:none:thread-name',
  '_trace:kernel:none:switch',
  '_trace:kernel:none:intr-entry',
  '_trace:kernel:none:intr-exit',
  '_trace:kernel:none:dtrace-enter',
  '_trace:kernel:none:dtrace-exit',
  'proc:kernel:none:exit',
] as const;
type Role = (typeof ROLES)[number];

const wanted = (site: Site): boolean => (ROLES as readonly string[]).includes(siteName(site));

class ProcessTimer implements EventSink {
  /** By site; undefined: of no interest. */
  readonly #role: (Role | undefined)[];
  readonly #name: string;
  readonly #names = new ThreadNames();
  readonly #created = new Map<number, Snapshot>();
  readonly #cpus: { stack: string[]; tid: number; since: number }[];
  #now: Snapshot = { cycle: 0, firings: 0, probe: 0, interrupt: 0, ticks: 0, byThread: new Map() };
  found: { from: Snapshot; to: Snapshot; tid: number } | undefined;

  constructor(sites: Site[], name: string, cpus: number) {
    this.#role = sites.map((site) => ROLES.find((role) => role === siteName(site)));
    this.#name = name;
    this.#cpus = Array.from({ length: cpus }, () => ({ stack: [], tid: 0, since: 0 }));
  }

  #book(cpu: { stack: string[]; tid: number; since: number }, cycle: number): void {
    const spent = cycle - cpu.since;
    cpu.since = cycle;
    if (cpu.stack.includes('interrupt')) this.#now.interrupt += spent;
    else if (cpu.stack.includes('probe')) this.#now.probe += spent;
    else this.#now.byThread.set(cpu.tid, (this.#now.byThread.get(cpu.tid) ?? 0) + spent);
  }

  #snapshot(cycle: number): Snapshot {
    for (const cpu of this.#cpus) this.#book(cpu, cycle);
    return { ...this.#now, cycle, byThread: new Map(this.#now.byThread) };
  }

  /** A CPU's idle thread: waiting, not work. */
  isIdle(tid: number): boolean {
    return tid === 0 || this.#names.current(tid).startsWith('idle');
  }

  events(e: EventColumns): void {
    for (let i = 0; i < e.count; i++) {
      const cpu = this.#cpus[e.cpu[i]];
      const cycle = e.cycle[i];
      switch (this.#role[e.site[i]]) {
        case '_trace:kernel:none:thread-create':
          this.#names.create(argumentNumber(e, i, 0), argumentNumber(e, i, 2));
          this.#created.set(argumentNumber(e, i, 0), this.#snapshot(cycle));
          break;
        case '_trace:kernel:none:thread-name':
          this.#names.name(e, i);
          break;
        case '_trace:kernel:none:switch':
          this.#book(cpu, cycle);
          cpu.tid = argumentNumber(e, i, 1);
          break;
        case '_trace:kernel:none:intr-entry':
          this.#book(cpu, cycle);
          cpu.stack.push('interrupt');
          if (argumentNumber(e, i, 0) === 0) this.#now.ticks++;
          break;
        case '_trace:kernel:none:intr-exit':
          this.#book(cpu, cycle);
          cpu.stack.splice(cpu.stack.lastIndexOf('interrupt'), 1);
          break;
        case '_trace:kernel:none:dtrace-enter':
          this.#book(cpu, cycle);
          cpu.stack.push('probe');
          this.#now.firings++;
          break;
        case '_trace:kernel:none:dtrace-exit':
          this.#book(cpu, cycle);
          cpu.stack.splice(cpu.stack.lastIndexOf('probe'), 1);
          break;
        case 'proc:kernel:none:exit': {
          const tid = e.tid[i];
          const from = this.#created.get(tid);
          if (this.found === undefined && from !== undefined && this.#names.current(tid) === this.#name)
            this.found = { from, to: this.#snapshot(cycle), tid };
          break;
        }
      }
    }
  }
}

interface Snapshot {
  cycle: number;
  firings: number;
  probe: number;
  interrupt: number;
  ticks: number;
  /** Own code by thread. */
  byThread: Map<number, number>;
}

const images = new Map<string, Image>();

/** An image as it was when the first job asked for it: sources that change meanwhile are the next experiment's. */
function keptImage(name: string, profile: Profile, pidSites: boolean): Image {
  const key = `${profile.name} ${name} ${pidSites}`;
  let image = images.get(key);
  if (image === undefined) {
    image = name === 'kernel' ? kernelImage(profile) : programImage(name, profile, pidSites);
    images.set(key, image);
  }
  return image;
}

/** Throws UserError when the run fails or the process never ends. `boots`: of the jobs measured before. */
export async function measure(job: Job, process: string, boots?: Boots): Promise<Measurement> {
  const recording = job.record === undefined ? undefined : startRecording(job.record);
  let timer: ProcessTimer | undefined;
  let recorder: Recorder | undefined;
  let err = '';
  const hooks: SessionHooks = {
    boots,
    image: keptImage,
    sites: job.record === undefined ? wanted : undefined,
    console: (bytes, cycle) => recording?.console(bytes, cycle),
    mark: (text, cycle) => recording?.mark(text, cycle),
    records: (ring) => {
      recorder?.records(ring);
      recording?.records(ring);
    },
    dtraceErr: (text) => {
      err += text;
    },
  };
  const session = await Session.open(job.inputs, hooks);
  timer = new ProcessTimer(session.sites, process, job.inputs.cpus);
  recorder = new Recorder(new Map(session.sites.map((site, i) => [site.number, i])), [timer]);
  recording?.open(session);
  const result = await session.run();
  const digest = recorder.finish();
  recording?.finish(result);
  const { found } = timer;
  const { stop } = result;
  if (stop.reason === 'panic' || stop.reason === 'deadlock' || found === undefined)
    throw new UserError(
      `${job.row}, seed ${job.inputs.seed}: ${process} did not finish (${stop.reason}${'message' in stop ? `: ${stop.message}` : ''}) ${err}`,
      1,
    );
  const { from, to, tid } = found;
  let other = 0;
  for (const [thread, cycles] of to.byThread)
    if (thread !== tid && !timer.isIdle(thread)) other += cycles - (from.byThread.get(thread) ?? 0);
  return {
    row: job.row,
    seed: job.inputs.seed,
    seconds: (to.cycle - from.cycle) / session.profile.clockHz,
    firings: to.firings - from.firings,
    probeCycles: to.probe - from.probe,
    interruptCycles: to.interrupt - from.interrupt,
    otherCycles: other,
    ticks: to.ticks - from.ticks,
    cycles: to.cycle - from.cycle,
    digest,
  };
}
