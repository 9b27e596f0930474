/** The order of actions in a clause. */

import { ACT, isAggregation, isDestructive } from '../../dif.ts';
import type { ErrorTag } from '../../errors.ts';
import type { Action } from '../../program.ts';
import type { Context } from '../context.ts';
import type { Node } from '../node.ts';

/** Which actions may follow commit() and speculate(). */
export function checkOrder(cx: Context, list: readonly Action[], n: Node): void {
  let commit = false;
  let speculate = false;
  let recording = false;
  const fail = (tag: ErrorTag, text: string): never => cx.fail(tag, text, n);
  list.forEach((a, i) => {
    if (a.kind === ACT.COMMIT) {
      if (commit) fail('D_COMM_COMM', 'commit( ) may not follow commit( )');
      if (recording) fail('D_COMM_DREC', 'commit( ) may not follow data-recording action(s)');
      if (list.slice(i).some((x) => isAggregation(x.kind)))
        fail('D_AGG_COMM', 'aggregating actions may not follow commit( )');
      commit = true;
      return;
    }
    if (a.kind === ACT.SPECULATE) {
      if (speculate) fail('D_SPEC_SPEC', 'speculate( ) may not follow speculate( )');
      if (commit) fail('D_SPEC_COMM', 'speculate( ) may not follow commit( )');
      if (recording) fail('D_SPEC_DREC', 'speculate( ) may not follow data-recording action(s)');
      speculate = true;
      return;
    }
    if (isAggregation(a.kind)) {
      if (speculate) fail('D_AGG_SPEC', 'aggregating actions may not follow speculate( )');
      recording = true;
      return;
    }
    const destructive = isDestructive(a.kind) || (a.kind === ACT.DIFEXPR && a.difo!.destructive);
    if (speculate) {
      if (destructive) fail('D_ACT_SPEC', 'destructive actions may not follow speculate( )');
      if (a.kind === ACT.EXIT) fail('D_EXIT_SPEC', 'exit( ) may not follow speculate( )');
    }
    if (destructive || a.kind === ACT.DISCARD) return;
    if (a.kind === ACT.DIFEXPR && a.difo!.rtype.kind === 0 && a.difo!.rtype.size === 0) return;
    if (commit) fail('D_DREC_COMM', 'data-recording actions may not follow commit( )');
    if (!speculate) recording = true;
  });
}
