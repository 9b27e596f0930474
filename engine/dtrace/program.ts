/**
 * A compiled program: what the clauses became.
 *
 * One ECB description for each probe description of each clause, in program order: predicate, then actions. A D statement
 * becomes one or more actions (a printf with three arguments: three); each action's `statement` says which one, so that the consumer
 * knows what to do with the data that it records.
 */
import type { Type } from '../cfront/types.ts';
import type { Difo } from './dif.ts';
import type { Format } from './printf.ts';
import type { ProbeDesc } from './probe.ts';
import type { Attribute } from './stability.ts';

/** Stands for "back to the first output" in the DOF, where an empty format cannot be. */
export const FREOPEN_RESTORE = '.';

/** What the consumer does with a statement's records. */
export interface Statement {
  /** Number of the statement, from 1, in the whole program; travels as the action's uarg. */
  id: number;
  format: Format | undefined;
  /** print(): the type to print by. */
  type: Type | undefined;
  /** The aggregation it feeds, by id; 0 if it is none. */
  aggregation: number;
  descAttr: Attribute;
  stmtAttr: Attribute;
}

export interface Action {
  kind: number;
  difo: Difo | undefined;
  /** Length of the aggregation's tuple, with its id and increment. */
  ntuple: number;
  arg: bigint;
  statement: Statement;
}

export interface EcbDesc {
  probe: ProbeDesc;
  predicate: Difo | undefined;
  actions: Action[];
  /** Line of the clause. */
  line: number;
  /** Handed back with each record's description: 0, or what tells a clause of the library's own. */
  uarg: bigint;
}

export interface AggregationInfo {
  id: number;
  name: string;
  /** count, sum, ... as the action kind. */
  kind: number;
  /** Signedness of the keys: how numbers are shown. */
  keySigned: boolean[];
}
