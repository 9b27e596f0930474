/** What aggregations say, as data: for whoever compares the answers of two runs. */

import { ACT } from '../dif.ts';
import { keyWords, shownValue } from './aggprint.ts';
import { type AggEntry, type Aggregations, valueRec, words } from './aggregate.ts';
import type { Display } from './display.ts';
import { type Bucket, llquantizeBuckets, lquantizeBuckets, quantizeBuckets } from './histogram.ts';

export interface Answer {
  /** Number of the aggregation, in the order of their first appearance in the program. */
  aggregation: number;
  /** Its function: 'count', 'quantize', ... */
  function: string;
  /** Keys as they are shown, blanks trimmed; a stack's frames in one, innermost first. */
  keys: string[];
  /** The number shown; of a histogram, how many values it holds. */
  value: bigint;
  /** Of a histogram, the buckets that hold something. */
  buckets?: Bucket[];
}

const FUNCTIONS: Record<number, string> = {
  [ACT.COUNT]: 'count',
  [ACT.SUM]: 'sum',
  [ACT.AVG]: 'avg',
  [ACT.MIN]: 'min',
  [ACT.MAX]: 'max',
  [ACT.STDDEV]: 'stddev',
  [ACT.QUANTIZE]: 'quantize',
  [ACT.LQUANTIZE]: 'lquantize',
  [ACT.LLQUANTIZE]: 'llquantize',
};

function bucketsOf(e: AggEntry): Bucket[] | undefined {
  const w = words(e);
  const arg = BigInt.asUintN(64, w[0]);
  switch (valueRec(e).action) {
    case ACT.QUANTIZE:
      return quantizeBuckets(w);
    case ACT.LQUANTIZE:
      return lquantizeBuckets(arg, w.slice(1));
    case ACT.LLQUANTIZE:
      return llquantizeBuckets(arg, w.slice(1));
  }
  return undefined;
}

/** All entries of all aggregations, in the order of their numbers and of first appearance. */
export function answers(display: Display, aggregations: Aggregations): Answer[] {
  return aggregations.ids().flatMap((id) =>
    aggregations.of(id).map((e): Answer => {
      const buckets = bucketsOf(e)?.filter((bucket) => bucket.count !== 0n);
      return {
        aggregation: id,
        function: FUNCTIONS[valueRec(e).action] ?? '?',
        keys: keyWords(display, e),
        value: buckets === undefined ? shownValue(e) : buckets.reduce((sum, { count }) => sum + count, 0n),
        ...(buckets === undefined ? {} : { buckets }),
      };
    }),
  );
}
