/**
 * `if` and `else` in clauses: newer syntax for what predicates have always said.
 *
 * A clause with conditions becomes several clauses on the same probes. Each condition is evaluated once, into a clause-local variable
 * `this->%condition_N`, and what it governs becomes clauses with that variable as predicate. A clause that faults must stop its
 * siblings, as one clause would stop: an ERROR clause, one for the whole command, sets `self->%error`, which each part tests.
 *
 * The parts are enabled like any clauses, so their number and order show in the count of matched probes and in enabled-probe ids:
 * clear the error; the predicate; then, for each `if`, condition, body, opposite condition, `else` body.
 */
import type { Context } from '../context.ts';
import type { Node } from '../node.ts';
import { identNode, intNode, op1, op2, statementNode } from './create.ts';

export type Statement =
  | { kind: 'simple'; node: Node }
  | { kind: 'if'; cond: Node; then: Statement[]; otherwise: Statement[] | undefined };

export interface PlainClause {
  /** Other probes than the clause's own. */
  pdescs?: Node[];
  pred: Node | undefined;
  acts: Node[];
}

export function desugar(cx: Context, pred: Node | undefined, statements: Statement[]): PlainClause[] {
  if (statements.every((s) => s.kind === 'simple'))
    return [{ pred, acts: statements.map((s) => (s as { node: Node }).node) }];

  let conditions = 0;
  const variable = (scope: 'this' | 'self', name: string): Node => {
    const base = cx.node('ident', 'id');
    base.name = scope;
    const n = cx.node('op2', '->');
    n.left = base;
    n.right = identNode(cx, name);
    return n;
  };
  const set = (v: Node, value: Node): Node => statementNode(cx, op2(cx, '=', v, value));
  const holds = (id: number): Node => variable('this', `%condition_${id}`);
  const error = (): Node => variable('self', '%error');
  const noError = (): Node => op1(cx, '!', error());

  const out: PlainClause[] = [{ pred: undefined, acts: [set(error(), intNode(cx, 0n))] }];

  /** A new condition below another (0: none): set to 0 or 1 whenever there was no error, so that none is left over. */
  const condition = (n: Node, under: number): number => {
    const id = ++conditions;
    const value = op2(cx, '&&', under === 0 ? intNode(cx, 1n) : holds(under), n);
    out.push({ pred: noError(), acts: [set(holds(id), value)] });
    return id;
  };

  const walk = (list: Statement[], under: number): void => {
    let acts: Node[] = [];
    const flush = (): void => {
      if (acts.length !== 0)
        out.push({ pred: under === 0 ? noError() : op2(cx, '&&', noError(), holds(under)), acts });
      acts = [];
    };
    for (const s of list) {
      if (s.kind === 'simple') {
        acts.push(s.node);
        continue;
      }
      flush();
      const yes = condition(s.cond, under);
      walk(s.then, yes);
      if (s.otherwise !== undefined) walk(s.otherwise, condition(op1(cx, '!', holds(yes)), under));
    }
    flush();
  };
  walk(statements, pred === undefined ? 0 : condition(pred, 0));

  if (!cx.hasIf) {
    cx.hasIf = true;
    const errorProbe = cx.node('pdesc', '');
    errorProbe.desc = { id: 0, provider: 'dtrace', module: '', func: '', name: 'ERROR' };
    out.unshift({ pdescs: [errorProbe], pred: undefined, acts: [set(error(), intNode(cx, 1n))] });
  }
  return out;
}
