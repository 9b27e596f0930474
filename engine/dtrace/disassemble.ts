/** The listing of a DIF object that `-S` prints. */

import {
  DIF_TF_BYREF,
  DIF_TF_BYUREF,
  DIF_TYPE_CTF,
  DIF_TYPE_STRING,
  DIFV_F_MOD,
  DIFV_F_REF,
  DIFV_KIND_ARRAY,
  DIFV_SCOPE_LOCAL,
  DIFV_SCOPE_THREAD,
  type Difo,
  type DifType,
  indexOf,
  labelOf,
  OPCODES,
  opOf,
  r1Of,
  r2Of,
  rdOf,
  SUBROUTINES,
  stringAt,
} from './dif.ts';
import { escapeString } from './escapes.ts';

const CTF_NAMES = [
  'unknown',
  'integer',
  'float',
  'pointer',
  'array',
  'function',
  'struct',
  'union',
  'enum',
  'forward',
  'typedef',
  'volatile',
  'const',
  'restrict',
];

export function difTypeText(t: DifType): string {
  const kind =
    t.kind === DIF_TYPE_CTF ? 'D type' : t.kind === DIF_TYPE_STRING ? 'string' : `0x${t.kind.toString(16)}`;
  const by = t.flags & DIF_TF_BYREF ? ' by ref' : t.flags & DIF_TF_BYUREF ? ' by user ref' : '';
  return `${kind} (${CTF_NAMES[t.ckind] ?? t.ckind})${by} (size ${t.size})`;
}

function variableName(d: Difo, id: number, op: string): string {
  // loads and stores of the three scopes number their variables apart
  const scope =
    op.startsWith('ldt') || op.startsWith('stt')
      ? DIFV_SCOPE_THREAD
      : op === 'ldls' || op === 'stls'
        ? DIFV_SCOPE_LOCAL
        : 0;
  const v = d.variables.find((x) => x.id === id && x.scope === scope);
  return v !== undefined ? `\t\t! DT_VAR(${id}) = "${stringAt(d.strings, v.name)}"` : '';
}

/** One instruction, as after its offset and word. */
export function instructionText(d: Difo, word: number): string {
  const o = OPCODES[opOf(word)];
  if (o === undefined) return `unknown 0x${word.toString(16)}`;
  const name = o.name.padEnd(4);
  const r1 = `%r${r1Of(word)}`;
  const r2 = `%r${r2Of(word)}`;
  const rd = `%r${rdOf(word)}`;
  const index = indexOf(word);
  switch (o.format) {
    case 'r1,r2,rd':
      return `${name} ${r1}, ${r2}, ${rd}`;
    case 'r1,rd':
      return `${name} ${r1}, ${rd}`;
    case 'r1,r2':
      return `${name} ${r1}, ${r2}`;
    case 'r1':
      return `${name} ${r1}`;
    case 'ret':
      return `${name} ${rd}`;
    case 'label':
      return `${name} ${labelOf(word)}`;
    case 'load':
      return `${name} [${r1}], ${rd}`;
    case 'store':
      return `${name} ${r1}, [${rd}]`;
    case 'none':
      return o.name;
    case 'setx': {
      const v = d.integers[index];
      return `${name} DT_INTEGER[${index}], ${rd}${v !== undefined ? `\t\t! 0x${v.toString(16)}` : ''}`;
    }
    case 'sets':
      return `${name} DT_STRING[${index}], ${rd}\t\t! "${escapeString(stringAt(d.strings, index))}"`;
    case 'lda':
      return `${name} DT_VAR(${r1Of(word)}), ${r2}, ${rd}${variableName(d, r1Of(word), o.name)}`;
    case 'ldv':
      return `${name} DT_VAR(${index}), ${rd}${variableName(d, index, o.name)}`;
    case 'stv':
      return `${name} ${rd}, DT_VAR(${index})${variableName(d, index, o.name)}`;
    case 'call':
      return `${name} DIF_SUBR(${index}), ${rd}\t\t! ${SUBROUTINES[index] ?? 'unknown'}`;
    case 'pushtv':
      return `${name} DT_TYPE(${r1Of(word)}), ${rd}\t\t! DT_TYPE(${r1Of(word)}) = ${pushType(r1Of(word))}`;
    case 'pushtr':
      return `${name} DT_TYPE(${r1Of(word)}), ${r2}, ${rd}\t! DT_TYPE(${r1Of(word)}) = ${pushType(r1Of(word))}`;
    case 'xlate':
      return `${name} DT_XLREF[${index}], ${rd}`;
  }
}

const pushType = (kind: number): string => (kind === DIF_TYPE_STRING ? 'string' : 'D type');

/** The whole object. `address` is where it would lie in the compiler's memory: shown, and otherwise without meaning. */
export function disassemble(d: Difo, address: number): string {
  let out = `\nDIFO 0x${address.toString(16)} returns ${difTypeText(d.rtype)}\n`;
  out += `${'OFF'} ${'OPCODE'.padEnd(8)}    INSTRUCTION\n`;
  d.code.forEach((word, i) => {
    out += `${String(i).padStart(2, '0')}: ${word.toString(16).padStart(8, '0')}    ${instructionText(d, word)}\n`;
  });
  if (d.variables.length !== 0) {
    out += `\n${'NAME'.padEnd(16)} ${'ID'.padEnd(4)} KND SCP FLAG TYPE\n`;
    for (const v of d.variables) {
      const kind = v.kind === DIFV_KIND_ARRAY ? 'arr' : 'scl';
      const scope = v.scope === DIFV_SCOPE_THREAD ? 'tls' : v.scope === DIFV_SCOPE_LOCAL ? 'loc' : 'glb';
      const flags = `${v.flags & DIFV_F_REF ? '/r' : ''}${v.flags & DIFV_F_MOD ? '/w' : ''}`.slice(1);
      out += `${stringAt(d.strings, v.name).padEnd(16)} ${v.id.toString(16).padEnd(4)} ${kind} ${scope} ${flags.padEnd(4)} ${difTypeText(v.type)}\n`;
    }
  }
  return out;
}
