/**
 * The first divergence alone, without reading both traces whole.
 *
 * Beginnings of both, doubled until they part: what has happened up to the cycle that both beginnings reach is then known, and so what parts first.
 */
import type { TraceReader } from '../read.ts';
import { Symbols } from '../symbols.ts';
import { classify } from './classes.ts';
import { divergences } from './divergences.ts';
import { compareRuns, type DivergenceView } from './model.ts';
import { pairRuns } from './pairing.ts';
import { type TraceSource, timeline } from './timeline.ts';
import { Vocabulary } from './vocabulary.ts';
import { Words } from './words.ts';

/** Chunks of the first beginning. */
const BEGIN = 4;

export function firstDivergence(a: TraceReader, b: TraceReader): DivergenceView | null {
  const most = Math.max(a.chunks.length, b.chunks.length);
  for (let chunks = BEGIN; chunks < most; chunks *= 2) {
    const found = within(a, b, chunks);
    if (found !== null) return found;
  }
  return compareRuns(a, b).first;
}

function within(a: TraceReader, b: TraceReader, chunks: number): DivergenceView | null {
  const vocabulary = new Vocabulary();
  const ta = timeline(beginning(a, chunks), vocabulary);
  const tb = timeline(beginning(b, chunks), vocabulary);
  const pairing = pairRuns(ta, tb);
  let symbols: Symbols | undefined;
  const words = new Words(vocabulary, () => {
    symbols ??= new Symbols(a);
    return symbols;
  });
  const { first } = divergences(ta, tb, pairing, classify(pairing, ta, tb, vocabulary), words, true);
  if (first === null) return null;
  const when = Math.min(
    first.seqA < 0 ? first.cycleB : first.cycleA,
    first.seqB < 0 ? first.cycleA : first.cycleB,
  );
  return when < Math.min(ta.end, tb.end) ? first : null;
}

function beginning(reader: TraceReader, n: number): TraceSource {
  const chunks = reader.chunks.slice(0, n);
  return {
    path: reader.path,
    header: reader.header,
    chunks,
    events: chunks.reduce((sum, { count }) => sum + count, 0),
    end: reader.end,
    chunk: (i) => reader.chunk(i),
  };
}
