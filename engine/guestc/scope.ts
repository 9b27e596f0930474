/**
 * Scopes: what a name means here. Ordinary identifiers and tags are separate name spaces; labels belong to the function.
 */
import type { FunctionDecl, VarDecl } from '../cfront/ast.ts';
import type { EnumType, RecordType, Type } from '../cfront/types.ts';

export type Entity =
  | { kind: 'typedef'; type: Type }
  | { kind: 'var'; decl: VarDecl }
  | { kind: 'func'; decl: FunctionDecl }
  | { kind: 'enumerator'; value: bigint; type: Type };

export type TagType = RecordType | EnumType;

export class Scope {
  readonly parent: Scope | undefined;
  readonly names = new Map<string, Entity>();
  readonly tags = new Map<string, TagType>();

  constructor(parent?: Scope) {
    this.parent = parent;
  }

  lookup(name: string): Entity | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      const found = scope.names.get(name);
      if (found) return found;
    }
    return undefined;
  }

  lookupTag(tag: string): TagType | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      const found = scope.tags.get(tag);
      if (found) return found;
    }
    return undefined;
  }
}
