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
import { hashOrder, ID_DIFR, ID_DIFW, ID_LOCAL, ID_TLS, type Ident } from '../ident.ts';
import { assignType } from '../node.ts';
import { difType, type Generated } from './emitter.ts';

/** Globals, thread-locals, clause-locals. */
function inTableOrder(variables: ReadonlySet<Ident>): Ident[] {
  const all = [...variables];
  if (all.length < 2) return all;
  const global = all.filter((v) => !(v.flags & (ID_LOCAL | ID_TLS)));
  const thread = all.filter((v) => v.flags & ID_TLS);
  const local = all.filter((v) => v.flags & ID_LOCAL);
  return [...hashOrder(global), ...hashOrder(thread), ...hashOrder(local)];
}

const isBranch = (op: number): boolean => op >= OP.BA && op <= OP.BLEU;

export function assemble(cx: Context, g: Generated): Difo {
  // a label on a nop marks the next real instruction
  const place: number[] = new Array(g.labels).fill(0);
  let pc = 0;
  for (const n of g.ir) {
    if (n.label !== 0) place[n.label] = pc;
    if (n.label === 0 || n.word !== NOP) pc++;
  }
  const code: number[] = [];
  let destructive = false;
  for (const n of g.ir) {
    if (n.label !== 0 && n.word === NOP) continue;
    const op = opOf(n.word);
    if (isBranch(op)) code.push(branch(op, place[labelOf(n.word)]));
    else code.push(n.word);
    if (op === OP.CALL) {
      const name = SUBROUTINES[indexOf(n.word)];
      if (name === 'copyout' || name === 'copyoutstr') destructive = true;
    }
  }
  const variables: DifVariable[] = [];
  for (const v of inTableOrder(g.variables)) {
    const n = cx.node('type', 'id');
    assignType(cx, n, v.type ?? cx.types.dyn);
    variables.push({
      name: g.strings.insert(v.name),
      id: v.id,
      kind: v.kind === 'array' ? DIFV_KIND_ARRAY : DIFV_KIND_SCALAR,
      scope: v.flags & ID_LOCAL ? DIFV_SCOPE_LOCAL : v.flags & ID_TLS ? DIFV_SCOPE_THREAD : DIFV_SCOPE_GLOBAL,
      flags: (v.flags & ID_DIFR ? DIFV_F_REF : 0) | (v.flags & ID_DIFW ? DIFV_F_MOD : 0),
      type: difType(cx, n),
    });
    v.flags &= ~(ID_DIFR | ID_DIFW);
  }
  return {
    code,
    integers: g.integers,
    // The empty string alone is a table too, if an instruction loads it.
    strings:
      g.strings.size > 1 || code.some((w) => w >>> 24 === OP.SETS) ? g.strings.bytes() : new Uint8Array(0),
    variables,
    rtype: difType(cx, g.result),
    destructive,
  };
}
