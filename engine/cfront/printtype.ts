/**
 * Types as C writes them: `struct thread *`, `int (*)(void)`, `char [16]`.
 */
import { Q_CONST, Q_RESTRICT, Q_VOLATILE, type Type } from './types.ts';

function qualifiers(quals: number): string {
  let out = '';
  if (quals & Q_CONST) out += 'const ';
  if (quals & Q_VOLATILE) out += 'volatile ';
  if (quals & Q_RESTRICT) out += 'restrict ';
  return out;
}

/** `name` declared with the type; without a name, the type alone. */
export function printType(type: Type, name = ''): string {
  switch (type.kind) {
    case 'pointer': {
      const quals = qualifiers(type.quals).trimEnd();
      const inner = `*${quals}${quals !== '' && name !== '' ? ' ' : ''}${name}`;
      const { target } = type;
      return printType(target, target.kind === 'array' || target.kind === 'function' ? `(${inner})` : inner);
    }
    case 'array':
      return printType(type.element, `${name}[${type.length < 0 ? '' : type.length}]`);
    case 'function': {
      const params = type.params.map((p) => printType(p.type));
      if (type.variadic) params.push('...');
      if (params.length === 0 && !type.oldStyle) params.push('void');
      return printType(type.returns, `${name}(${params.join(', ')})`);
    }
    default: {
      const base = qualifiers(type.quals) + baseName(type);
      return name === '' ? base : `${base} ${name}`;
    }
  }
}

function baseName(type: Type): string {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'int':
    case 'float':
    case 'typedef':
      return type.name;
    case 'struct':
    case 'union':
    case 'enum':
      return `${type.kind} ${type.tag === '' ? '<anonymous>' : type.tag}`;
    default:
      throw new Error(`printType: no base name for a ${type.kind}`);
  }
}
