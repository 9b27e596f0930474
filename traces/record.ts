/**
 * Recording a session: the recorder for the digest always, a trace file when one is wanted.
 */
import { catalogOf } from '../engine/run/dtrace-session.ts';
import type { RunResult, Session } from '../engine/run/session.ts';
import type { TraceHeader } from './format.ts';
import { VERSION } from './format.ts';
import { Recorder } from './recorder.ts';
import { argCounts, TraceWriter } from './write.ts';

export interface Recording {
  /** Hooks for Session.open. */
  console(bytes: Uint8Array, cycle: number): void;
  records(ring: Uint8Array): void;
  mark(text: string, cycle: number): void;
  /** Text typed at the console of an interactive session. */
  typed(text: string, cycle: number): void;
  /** Tells what the sites are and opens the file; before the session runs. */
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
    sources: Object.fromEntries(session.images.map((image) => [image.name, image.sources])),
    clockHz: session.profile.clockHz,
    cpus: session.inputs.cpus,
    sites: session.sites.map(({ provider, module, function: fn, name, args }) => ({
      provider,
      module,
      function: fn,
      name,
      args,
    })),
  };
}

/** `path` undefined: digest and count only. Throws the system's error when the file cannot be made. */
export function startRecording(path: string | undefined): Recording {
  let recorder: Recorder | undefined;
  let writer: TraceWriter | undefined;
  let recorded: Session | undefined;
  const decoder = new TextDecoder();
  return {
    console: (bytes, cycle) =>
      writer?.text({ cycle, kind: 'console', text: decoder.decode(bytes, { stream: true }) }),
    mark: (text, cycle) => writer?.text({ cycle, kind: 'mark', text }),
    typed: (text, cycle) => writer?.text({ cycle, kind: 'input', text }),
    records: (ring) => recorder?.records(ring),
    open(session) {
      recorded = session;
      if (path !== undefined) writer = new TraceWriter(path, traceHeader(session));
      const index = new Map(session.sites.map((site, i) => [site.number, i]));
      recorder = new Recorder(index, writer === undefined ? [] : [writer], {
        argCounts: argCounts(session.sites),
      });
    },
    finish(result) {
      const digest = recorder?.finish() ?? '';
      const { stop } = result;
      const end = {
        reason: stop.reason,
        message: 'message' in stop ? stop.message : '',
        cycles: result.endCycle,
        ...(result.interruptedCycle === undefined ? {} : { interruptedCycle: result.interruptedCycle }),
        exitStatus: result.exitStatus ?? -1,
        digest,
        stats: { ...result.stats },
      };
      writer?.finish(end, probeNames(recorded, writer.probes));
      return digest;
    },
    abandon() {
      recorder?.finish();
      writer?.abandon();
    },
    get count() {
      return recorder?.count ?? 0;
    },
  };
}

/** DTrace's probes by id, as they are called in the guest at the end of the run. */
function probeNames(session: Session | undefined, ids: ReadonlySet<number>): Record<string, string> {
  if (session === undefined || ids.size === 0) return {};
  const catalog = catalogOf(session.machine, session.images[0]);
  const names: Record<string, string> = {};
  for (const id of [...ids].sort((a, b) => a - b)) {
    const probe = catalog.get(id);
    if (probe !== undefined) names[id] = `${probe.provider}:${probe.module}:${probe.func}:${probe.name}`;
  }
  return names;
}
