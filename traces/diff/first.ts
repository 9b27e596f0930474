/**
 * The first divergence alone, without reading both traces whole.
 *
 * Beginnings of both, each four times the one before, until they part: what has happened up to the cycle that both beginnings reach is then known, and so what parts first.
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

export function firstDivergence(a: TraceReader, b: TraceReader): DivergenceView | null {
  const most = Math.max(a.chunks.length, b.chunks.length);
  const same = equalChunks(a, b);
  if (same === most && a.events === b.events) return null;
  for (let chunks = same + 1; chunks < most; chunks *= 4) {
    const found = within(a, b, chunks);
    if (found !== null) return found;
  }
  return compareRuns(a, b).first;
}

/** Chunks at the beginning up to which the digests say that everything is the same. */
function equalChunks(a: TraceReader, b: TraceReader): number {
  if (a.header.version !== b.header.version || !equalSites(a, b)) return 0;
  let n = 0;
  while (n < a.chunks.length && n < b.chunks.length) {
    const [x, y] = [a.chunks[n], b.chunks[n]];
    if (x.digest === '' || x.digest !== y.digest || x.count !== y.count) break;
    n++;
  }
  return n;
}

/** The same events have the same digests only where the sites have the same numbers. */
const equalSites = (a: TraceReader, b: TraceReader): boolean =>
  JSON.stringify(a.header.sites) === JSON.stringify(b.header.sites);

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
