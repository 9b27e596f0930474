/**
 * Recording a session: the recorder for the digest always, a trace file when one is wanted.
 */
import { catalogOf } from '../engine/run/dtrace-session.ts';
import type { RunInputs } from '../engine/run/inputs.ts';
import type { RunResult, Session } from '../engine/run/session.ts';
import { UserError } from '../engine/run/user-error.ts';
import { Backlog } from './backlog.ts';
import type { SiteInfo, TraceHeader, TraceText } from './format.ts';
import { VERSION } from './format.ts';
import { parseTrigger, type Trigger } from './limit.ts';
import { beginTrace } from './output.ts';
import { compileFilter } from './playback/filter.ts';
import { SiteTable } from './playback/sites.ts';
import { THREAD_MODULES } from './scribe-remote.ts';
import { portableSources } from './sources.ts';
import { argCounts } from './write.ts';

export interface Recording {
  /** Hooks for Session.open. */
  console(bytes: Uint8Array, cycle: number): void;
  records(ring: Uint8Array): void;
  mark(text: string, cycle: number): void;
  /** Text typed at the console of an interactive session. */
  typed(text: string, cycle: number): void;
  /** Tells what the sites are and opens the file; before the session runs. Throws UserError for a trigger that names no site. */
  open(session: Session): void;
  /** Ends the file. Returns the run's digest. */
  finish(result: RunResult): string;
  /** After an error: keeps what is there. */
  abandon(): void;
  /** Events so far. */
  readonly count: number;
}

export function traceHeader(session: Session): TraceHeader {
  return {
    format: 'probelab-trace',
    version: VERSION,
    identity: session.identity,
    inputs: JSON.parse(JSON.stringify(session.inputs)),
    sources: Object.fromEntries(session.images.map((image) => [image.name, portableSources(image.sources)])),
    clockHz: session.profile.clockHz,
    cpus: session.inputs.cpus,
    sites: siteInfos(session.sites),
  };
}

const siteInfos = (sites: Session['sites']): SiteInfo[] =>
  sites.map(({ provider, module, function: fn, name, args }) => ({
    provider,
    module,
    function: fn,
    name,
    args,
  }));

/** The trigger that is no site: a panic ends every run anyway. */
const PANIC = 'panic';

/** With which event a recording ends. Throws UserError. */
function triggerOf(sites: Session['sites'], until: string): Trigger | undefined {
  if (until === PANIC || until === 'end') return undefined;
  const trigger = parseTrigger(until);
  let matching: Uint8Array;
  try {
    matching = compileFilter(trigger, new SiteTable(sites), () => []).sites;
  } catch (error) {
    throw new UserError(`recording until ${until}: ${(error as Error).message}`);
  }
  if (!matching.includes(1))
    throw new UserError(
      `recording until ${until}: no recorded site is called so; 'panic', 'end', or provider:module:function:name, and if need be /what must hold/`,
    );
  return trigger;
}

/** What a session's inputs keep of its events. */
export function recorderOptions(inputs: RunInputs, sites: Session['sites']) {
  return { argCounts: argCounts(sites), from: inputs.recordFrom, to: inputs.recordTo };
}

/** `path` undefined: digest and count only. Throws the system's error when the file cannot be made. */
export function startRecording(path: string | undefined): Recording {
  let backlog: Backlog | undefined;
  let recorded: Session | undefined;
  const decoder = new TextDecoder();
  const text = (cycle: number, kind: TraceText['kind'], words: string) => {
    if (path !== undefined) backlog?.text({ cycle, kind, text: words });
  };
  return {
    console: (bytes, cycle) => text(cycle, 'console', decoder.decode(bytes, { stream: true })),
    mark: (words, cycle) => text(cycle, 'mark', words),
    typed: (words, cycle) => text(cycle, 'input', words),
    records: (ring) => backlog?.records(ring),
    open(session) {
      recorded = session;
      const { inputs, sites } = session;
      const { recordRing: ring, recordUntil, recordFrom: from, recordTo: to } = inputs;
      const numbers = sites.map((site) => site.number);
      if (path === undefined) {
        backlog = new Backlog(
          { sites: siteInfos(sites), numbers, cpus: inputs.cpus, from, to },
          THREAD_MODULES,
        );
        return;
      }
      const until = recordUntil === undefined ? undefined : triggerOf(sites, recordUntil);
      const header = traceHeader(session);
      backlog = new Backlog(
        {
          sites: header.sites,
          numbers,
          cpus: inputs.cpus,
          from,
          to,
          limits: ring === undefined && until === undefined ? undefined : { ring, until },
          file: beginTrace(path, header),
        },
        THREAD_MODULES,
      );
      if (session.dtrace !== undefined)
        session.dtrace.watch = (kind, words, cycle) => text(cycle, kind, words);
    },
    finish(result) {
      if (backlog === undefined) return '';
      const { digest, probes, skipped, triggered } = backlog.drain();
      const { stop } = result;
      backlog.finish(
        {
          reason: triggered === undefined ? stop.reason : 'trigger',
          message:
            triggered !== undefined
              ? (recorded?.inputs.recordUntil ?? '')
              : 'message' in stop
                ? stop.message
                : '',
          cycles: triggered ?? result.endCycle,
          ...(result.interruptedCycle === undefined ? {} : { interruptedCycle: result.interruptedCycle }),
          exitStatus: result.exitStatus ?? -1,
          digest,
          stats: { ...result.stats },
          ...(skipped === undefined ? {} : { skipped }),
        },
        probeNames(probes, recorded),
      );
      return digest;
    },
    abandon() {
      backlog?.abandon();
    },
    get count() {
      return backlog?.count ?? 0;
    },
  };
}

/** Names of the DTrace probes that fired. */
function probeNames(ids: readonly number[], session: Session | undefined): Record<string, string> {
  const names: Record<string, string> = {};
  if (ids.length === 0 || session === undefined) return names;
  const catalog = catalogOf(session.machine, session.images[0]);
  for (const id of [...ids].sort((a, b) => a - b)) {
    const probe = catalog.get(id);
    if (probe !== undefined) names[id] = `${probe.provider}:${probe.module}:${probe.func}:${probe.name}`;
  }
  return names;
}
