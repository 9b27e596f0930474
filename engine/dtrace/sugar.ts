/**
 * `if` and `else` in clauses: newer syntax for what predicates have always said.
 *
 * A clause with conditions becomes several clauses on the same probes. Each condition is evaluated once, into a clause-local variable
 * `this->%condition_N`, and what it governs becomes clauses with that variable as predicate. A clause that faults must stop its
 * siblings, as one clause would stop: an ERROR clause sets `self->%error`, which each part tests.
 */
import type { Context } from './context.ts';
import { identNode, intNode, op1, op2, statementNode } from './create.ts';
import type { Node } from './node.ts';

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
  const zero = (): Node => intNode(cx, 0n);
  const set = (v: Node, value: Node): Node => statementNode(cx, op2(cx, '=', v, value));
  const conditionName = (i: number): string => `%condition_${i}`;
  const isTrue = (i: number): Node => op2(cx, '!=', variable('this', conditionName(i)), zero());
  const noError = (): Node => op1(cx, '!', variable('self', '%error'));
  const both = (a: Node | undefined, b: Node): Node => (a === undefined ? b : op2(cx, '&&', a, b));

  const out: PlainClause[] = [];
  const guard = (c: number): Node => (c < 0 ? noError() : both(noError(), isTrue(c)));

  const walk = (list: Statement[], cond: number): void => {
    let acts: Node[] = [];
    const flush = (): void => {
      if (acts.length !== 0) out.push({ pred: guard(cond), acts });
      acts = [];
    };
    for (const s of list) {
      if (s.kind === 'simple') {
        acts.push(s.node);
        continue;
      }
      flush();
      const yes = ++conditions;
      const test = (n: Node): Node => {
        const bool = op1(cx, '!', op1(cx, '!', n));
        return cond < 0 ? bool : both(isTrue(cond), bool);
      };
      out.push({ pred: guard(cond), acts: [set(variable('this', conditionName(yes)), test(s.cond))] });
      let no = -1;
      if (s.otherwise !== undefined) {
        no = ++conditions;
        const negation = op1(cx, '!', variable('this', conditionName(yes)));
        out.push({ pred: guard(cond), acts: [set(variable('this', conditionName(no)), negation)] });
      }
      walk(s.then, yes);
      if (s.otherwise !== undefined) walk(s.otherwise, no);
    }
    flush();
  };
  walk(statements, -1);

  // first: no error so far, all conditions false; then the clause's own predicate becomes a condition as well
  const start: Node[] = [set(variable('self', '%error'), zero())];
  if (pred !== undefined) {
    const p = ++conditions;
    start.push(set(variable('this', conditionName(p)), op1(cx, '!', op1(cx, '!', pred))));
    for (const c of out) c.pred = both(isTrue(p), c.pred!);
  }
  for (let i = conditions; i >= 1; i--)
    if (pred === undefined || i !== conditions)
      start.unshift(set(variable('this', conditionName(i)), zero()));
  const first: PlainClause = { pred: undefined, acts: start };
  const errorProbe = cx.node('pdesc', '');
  errorProbe.desc = { id: 0, provider: 'dtrace', module: '', func: '', name: 'ERROR' };
  const onError: PlainClause = {
    pdescs: [errorProbe],
    pred: undefined,
    acts: [set(variable('self', '%error'), intNode(cx, 1n))],
  };
  return [onError, first, ...out];
}
