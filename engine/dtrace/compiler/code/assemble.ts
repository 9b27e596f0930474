/** The assembler: labels become instruction numbers, the tables are written out, the variables used are described. */

import {
  branch,
  DIFV_F_MOD,
  DIFV_F_REF,
  DIFV_KIND_ARRAY,
  DIFV_KIND_SCALAR,
  DIFV_SCOPE_GLOBAL,
  DIFV_SCOPE_LOCAL,
  DIFV_SCOPE_THREAD,
  type Difo,
  type DifVariable,
  indexOf,
  labelOf,
  NOP,
  OP,
  opOf,
  SUBROUTINES,
} from '../../dif.ts';
import type { Context } from '../context.ts';
import { compareHashed, ID_DIFR, ID_DIFW, ID_LOCAL, ID_TLS, type Ident } from '../ident.ts';
import { assignType } from '../node.ts';
import { difType, type Generated } from './emitter.ts';

/** Globals, thread-locals, clause-locals: each table in the order in which the original walks it. */
const inTableOrder = (variables: readonly Ident[]): readonly Ident[] =>
  variables.length < 2
    ? variables
    : [...variables].sort((a, b) => table(a) - table(b) || compareHashed(a, b));

const table = (v: Ident): number => (v.flags & ID_LOCAL ? 2 : v.flags & ID_TLS ? 1 : 0);

const NO_STRINGS = new Uint8Array(0);

const isBranch = (op: number): boolean => op >= OP.BA && op <= OP.BLEU;

/** Subroutines that write to user memory. */
const DESTRUCTIVE = new Set(
  ['copyout', 'copyoutstr'].map((name) => SUBROUTINES.indexOf(name as (typeof SUBROUTINES)[number])),
);

/** Instructions with labels as instruction numbers. A label on a nop marks the next real instruction. */
function resolved({ ir, labels }: Generated): number[] {
  const code: number[] = [];
  const place: number[] = new Array(labels).fill(0);
  for (let i = 0; i < ir.length; i++) {
    const { label, word } = ir[i];
    if (label !== 0) {
      place[label] = code.length;
      if (word === NOP) continue;
    }
    code.push(word);
  }
  if (labels > 1)
    for (let i = 0; i < code.length; i++) {
      const op = opOf(code[i]);
      if (isBranch(op)) code[i] = branch(op, place[labelOf(code[i])]);
    }
  return code;
}

export function assemble(cx: Context, g: Generated): Difo {
  const code = resolved(g);
  let destructive = false;
  let loadsString = false;
  for (let i = 0; i < code.length; i++) {
    const op = opOf(code[i]);
    if (op === OP.CALL && DESTRUCTIVE.has(indexOf(code[i]))) destructive = true;
    else if (op === OP.SETS) loadsString = true;
  }
  const variables: DifVariable[] = [];
  if (g.variables.length > 0) {
    const n = cx.node('type', 'id');
    for (const v of inTableOrder(g.variables)) {
      assignType(cx, n, v.type ?? cx.types.dyn);
      variables.push({
        name: g.strings.insert(v.name),
        id: v.id,
        kind: v.kind === 'array' ? DIFV_KIND_ARRAY : DIFV_KIND_SCALAR,
        scope:
          v.flags & ID_LOCAL ? DIFV_SCOPE_LOCAL : v.flags & ID_TLS ? DIFV_SCOPE_THREAD : DIFV_SCOPE_GLOBAL,
        flags: (v.flags & ID_DIFR ? DIFV_F_REF : 0) | (v.flags & ID_DIFW ? DIFV_F_MOD : 0),
        type: difType(cx, n),
      });
      v.flags &= ~(ID_DIFR | ID_DIFW);
    }
  }
  return {
    code,
    integers: g.integers,
    // The empty string alone is a table too, if an instruction loads it.
    strings: g.strings.size > 1 || loadsString ? g.strings.bytes() : NO_STRINGS,
    variables,
    rtype: difType(cx, g.result),
    destructive,
  };
}
