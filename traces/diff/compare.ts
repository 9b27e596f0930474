/**
 * Two traces to one model of their difference: read both, pair tracks and deeds, class every deed, name and rank where they part.
 */
import type { TraceReader } from '../read.ts';
import { Symbols } from '../symbols.ts';
import { CLASSES, type Classed, type Classification, classify } from './classes.ts';
import { divergences } from './divergences.ts';
import { ledger, onCpu } from './ledger.ts';
import type { DeedClass, DiffModel, ThreadMetrics, ThreadPair } from './model.ts';
import { pairRuns, type TrackPair } from './pairing.ts';
import { type Timeline, type Track, timeline } from './timeline.ts';
import { Vocabulary } from './vocabulary.ts';
import { Words } from './words.ts';

/** Points of a thread's curve. */
const CURVE = 1000;

export function compareRuns(readerA: TraceReader, readerB: TraceReader): DiffModel {
  const vocabulary = new Vocabulary();
  const a = timeline(readerA, vocabulary);
  const b = timeline(readerB, vocabulary);
  const pairing = pairRuns(a, b);
  const classification = classify(pairing, a, b, vocabulary);
  let symbols: Symbols | undefined;
  const words = new Words(vocabulary, () => {
    symbols ??= new Symbols(readerA);
    return symbols;
  });
  const places = divergences(a, b, pairing, classification, words);
  const threads = (tracks: Track[]) => tracks.filter((t) => t.kind === 'thread');
  const sideA = new Side(a, classification.a);
  const sideB = new Side(b, classification.b);
  for (const { a: ta, b: tb } of pairing.pairs) {
    sideA.opposite.set(ta, tb);
    sideB.opposite.set(tb, ta);
  }
  return {
    identical: a.digest !== '' && a.digest === b.digest,
    clockHz: a.clockHz,
    titleA: a.path,
    titleB: b.path,
    pairs: pairing.pairs.map((pair) => threadPair(pair, classification)),
    onlyA: threads(pairing.onlyA).map((t) => t.identity),
    onlyB: threads(pairing.onlyB).map((t) => t.identity),
    metricsOnlyA: Object.fromEntries(threads(pairing.onlyA).map((t) => [t.identity, metrics(t)])),
    metricsOnlyB: Object.fromEntries(threads(pairing.onlyB).map((t) => [t.identity, metrics(t)])),
    classes: total(classification),
    first: places.first,
    divergences: places.ranked,
    divergenceCount: places.count,
    ledger: ledger(pairing.pairs),
    eventsA: a.events,
    eventsB: b.events,
    endA: a.end,
    endB: b.end,
    counts: { a: a.counts, b: b.counts },
    locks: [...new Set([...a.locks.keys(), ...b.locks.keys()])]
      .sort()
      .map((name) => ({ class: name, a: a.locks.get(name) ?? null, b: b.locks.get(name) ?? null })),
    inserted: alone(classification.b, vocabulary),
    missing: alone(classification.a, vocabulary),
    toB: (seq) => sideA.other(seq),
    toA: (seq) => sideB.other(seq),
    classOf: (side, seq) => (side === 'a' ? sideA : sideB).classOf(seq),
  };
}

/** One run's events, as the other sees them. */
class Side {
  readonly #timeline: Timeline;
  readonly #classed: Map<Track, Classed>;
  readonly opposite = new Map<Track, Track>();

  constructor(t: Timeline, classed: Map<Track, Classed>) {
    this.#timeline = t;
    this.#classed = classed;
  }

  #track(seq: number): Track | undefined {
    return this.#timeline.tracks[this.#timeline.trackOf[seq] ?? -1];
  }

  classOf(seq: number): DeedClass {
    const track = this.#track(seq);
    if (track === undefined) return 'same';
    const i = track.deeds.from(seq);
    if (i >= track.deeds.count || track.deeds.seq[i] !== seq) return 'same';
    return CLASSES[this.#classed.get(track)?.classes[i] ?? 0];
  }

  /** The partner of the last deed in common at or before the event in its track, else of the first after it. */
  other(seq: number): number | undefined {
    const track = this.#track(seq);
    const other = track === undefined ? undefined : this.opposite.get(track);
    const partner = track === undefined ? undefined : this.#classed.get(track)?.partner;
    if (track === undefined || other === undefined || partner === undefined) return undefined;
    const at = track.deeds.from(seq + 1) - 1;
    for (let i = at; i >= 0; i--) if (partner[i] >= 0) return other.deeds.seq[partner[i]];
    for (let i = at + 1; i < partner.length; i++) if (partner[i] >= 0) return other.deeds.seq[partner[i]];
    return undefined;
  }
}

export function metrics(t: Track): ThreadMetrics {
  const { probe, trap, code, interrupts, locks, runq, consumer, sleep } = t.spent;
  return {
    wall: t.end - t.start,
    cpu: onCpu(t.spent),
    probe: probe + trap,
    code,
    interrupts,
    locks,
    runq: runq + consumer,
    sleep,
    switches: t.switches,
    ticks: t.ticks,
    firings: t.firings,
    events: t.deeds.count,
  };
}

function threadPair(pair: TrackPair, classification: Classification): ThreadPair {
  const { a, b } = pair;
  const classes = noClasses();
  count(classification.a.get(a), classes);
  count(classification.b.get(b), classes, true);
  return {
    identity: a.identity,
    tidA: a.tid,
    tidB: b.tid,
    deedsA: a.deeds.count,
    deedsB: b.deeds.count,
    classes,
    spanA: a.end - a.start,
    spanB: b.end - b.start,
    metricsA: metrics(a),
    metricsB: metrics(b),
    curve: curve(pair),
  };
}

const noClasses = (): Record<DeedClass, number> => ({
  same: 0,
  moved: 0,
  longer: 0,
  reordered: 0,
  onlyA: 0,
  onlyB: 0,
});

/** Adds a side's deeds to the counts; of B only those that A does not have, for the others are A's too. */
function count(classed: Classed | undefined, into: Record<DeedClass, number>, onlyB = false): void {
  if (classed === undefined) return;
  const counts = new Float64Array(CLASSES.length);
  const { classes } = classed;
  for (let i = 0; i < classes.length; i++) counts[classes[i]]++;
  CLASSES.forEach((name, n) => {
    if (!onlyB || name === 'onlyB') into[name] += counts[n];
  });
}

function total({ a, b }: Classification): Record<DeedClass, number> {
  const out = noClasses();
  for (const classed of a.values()) count(classed, out);
  for (const classed of b.values()) count(classed, out, true);
  return out;
}

function curve({ a, b, matches }: TrackPair): { a: number; b: number }[] {
  const common = matches.reduce((n, m) => n + m.length, 0);
  const every = Math.max(1, Math.ceil(common / (CURVE - 1)));
  const out: { a: number; b: number }[] = [];
  let n = 0;
  for (const { fromA, fromB, length } of matches)
    for (let i = 0; i < length; i++, n++)
      if (n % every === 0 || n === common - 1)
        out.push({ a: a.deeds.cycle[fromA + i], b: b.deeds.cycle[fromB + i] });
  return out;
}

/** Deeds of the class that only this side has, by what they are. */
function alone(side: Map<Track, Classed>, vocabulary: Vocabulary): { deed: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const [track, { classes }] of side)
    for (let i = 0; i < classes.length; i++) {
      const name = CLASSES[classes[i]];
      if (name !== 'onlyA' && name !== 'onlyB') continue;
      const { site } = vocabulary.meanings[track.deeds.key[i]];
      counts.set(site, (counts.get(site) ?? 0) + 1);
    }
  return [...counts]
    .map(([deed, count]) => ({ deed, count }))
    .sort((x, y) => y.count - x.count || (x.deed < y.deed ? -1 : 1));
}
