/** The order of actions in a clause. */

import { ACT, isAggregation, isDestructive } from '../../dif.ts';
import type { ErrorTag } from '../../errors.ts';
import type { Action } from '../../program.ts';
import type { Context } from '../context.ts';
import type { Node } from '../node.ts';

/** Which actions may follow commit() and speculate(), within one ECB: told of each statement's actions as they come. */
export class ActionOrder {
  private commit = false;
  private speculate = false;
  private recording = false;
  /** Actions that were looked at. */
  private done = 0;

  /** `list`: all actions of the ECB so far, the last ones of statement `n`. */
  check(cx: Context, list: readonly Action[], n: Node): void {
    const fail = (tag: ErrorTag, text: string): never => cx.fail(tag, text, n);
    const from = this.done;
    this.done = list.length;
    for (let i = from; this.commit && i < list.length; i++)
      if (isAggregation(list[i].kind)) fail('D_AGG_COMM', 'aggregating actions may not follow commit( )');
    for (let i = from; i < list.length; i++) this.next(list[i], fail);
  }

  private next(a: Action, fail: (tag: ErrorTag, text: string) => never): void {
    if (a.kind === ACT.COMMIT) {
      if (this.commit) fail('D_COMM_COMM', 'commit( ) may not follow commit( )');
      if (this.recording) fail('D_COMM_DREC', 'commit( ) may not follow data-recording action(s)');
      this.commit = true;
      return;
    }
    if (a.kind === ACT.SPECULATE) {
      if (this.speculate) fail('D_SPEC_SPEC', 'speculate( ) may not follow speculate( )');
      if (this.commit) fail('D_SPEC_COMM', 'speculate( ) may not follow commit( )');
      if (this.recording) fail('D_SPEC_DREC', 'speculate( ) may not follow data-recording action(s)');
      this.speculate = true;
      return;
    }
    if (isAggregation(a.kind)) {
      if (this.speculate) fail('D_AGG_SPEC', 'aggregating actions may not follow speculate( )');
      this.recording = true;
      return;
    }
    const destructive = isDestructive(a.kind) || (a.kind === ACT.DIFEXPR && a.difo!.destructive);
    if (this.speculate) {
      if (destructive) fail('D_ACT_SPEC', 'destructive actions may not follow speculate( )');
      if (a.kind === ACT.EXIT) fail('D_EXIT_SPEC', 'exit( ) may not follow speculate( )');
    }
    if (destructive || a.kind === ACT.DISCARD) return;
    if (a.kind === ACT.DIFEXPR && a.difo!.rtype.kind === 0 && a.difo!.rtype.size === 0) return;
    if (this.commit) fail('D_DREC_COMM', 'data-recording actions may not follow commit( )');
    if (!this.speculate) this.recording = true;
  }
}
