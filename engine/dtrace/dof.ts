/**
 * A compiled program as DOF, the D object format (engine/image/dof.ts). Its sections:
 *
 *   ECBDESC  u32 probedesc, u32 predicate, u32 actions, u32 pad, u64 uarg          (section numbers; ~0: none)
 *   PROBEDESC u32 strtab, u32 provider, u32 module, u32 function, u32 name, u32 id  (offsets in strtab)
 *   ACTDESC  u32 difo, u32 strtab, u32 kind, u32 ntuple, u64 arg, u64 uarg          (one after another)
 *   DIFOHDR  type (8 bytes), u32 sections: DIF, INTTAB, STRTAB, VARTAB
 *   VARTAB   u32 name, u32 id, u8 kind, u8 scope, u16 flags, type                   (20 bytes each)
 *   OPTDESC  u32 option, u32 strtab, u64 value
 */

import { Bytes, DofWriter, SECT, StringTable } from '../image/dof.ts';
import type { Difo, DifType } from './dif.ts';
import { OPT_MAX, type Options, UNSET } from './options.ts';
import type { EcbDesc } from './program.ts';

const NONE = 0xffffffff;

const difType = (b: Bytes, t: DifType): Bytes => b.u8(t.kind).u8(t.ckind).u8(t.flags).u8(0).u32(t.size);

/** The sections of a DIF object; its header's number, or NONE. */
function addDifo(w: DofWriter, d: Difo | undefined): number {
  if (d === undefined) return NONE;
  const { code, integers, variables } = d;
  const links = [w.last + 1];
  w.begin(SECT.DIF, 4, 4).words(code);
  if (integers.length !== 0) {
    const ints = w.begin(SECT.INTTAB, 8, 8);
    for (let i = 0; i < integers.length; i++) ints.u64(integers[i]);
    links.push(w.last);
  }
  if (d.strings.length !== 0) links.push(w.add(SECT.STRTAB, 1, 0, d.strings));
  if (variables.length !== 0) {
    const vars = w.begin(SECT.VARTAB, 4, 20);
    for (const v of variables)
      difType(vars.u32(v.name).u32(v.id).u8(v.kind).u8(v.scope).u16(v.flags), v.type);
    links.push(w.last);
  }
  const hdr = difType(w.begin(SECT.DIFOHDR, 4, 0), d.rtype);
  hdr.words(links);
  return w.last;
}

/** The program and the options that are set, as DOF. */
export function writeDof(ecbs: readonly EcbDesc[], options: Options): Uint8Array {
  const w = new DofWriter();
  const strings = new StringTable();
  for (const { probe: p } of ecbs)
    for (const part of [p.provider, p.module, p.func, p.name]) strings.insert(part);
  const strtab = w.add(SECT.STRTAB, 1, 0, strings.bytes());
  const probes = new Map<string, number>();
  for (const e of ecbs) {
    const p = e.probe;
    const key = `${p.id}:${p.provider}:${p.module}:${p.func}:${p.name}`;
    let probe = probes.get(key);
    if (probe === undefined) {
      const b = w.begin(SECT.PROBEDESC, 4, 0).u32(strtab);
      for (const part of [p.provider, p.module, p.func, p.name]) b.u32(strings.insert(part));
      b.u32(p.id);
      probe = w.last;
      probes.set(key, probe);
    }
    const pred = addDifo(w, e.predicate);
    let actions = NONE;
    if (e.actions.length !== 0) {
      const difos = e.actions.map((a) => addDifo(w, a.difo));
      const b = w.begin(SECT.ACTDESC, 8, 32);
      e.actions.forEach((a, i) => {
        b.u32(difos[i]).u32(NONE).u32(a.kind).u32(a.ntuple).u64(a.arg).size(a.statement.id);
      });
      actions = w.last;
    }
    w.begin(SECT.ECBDESC, 8, 0).u32(probe).u32(pred).u32(actions).u32(0).u64(e.uarg);
  }
  const opts = new Bytes(16 * OPT_MAX);
  for (let i = 0; i < OPT_MAX; i++) {
    const v = options.byId(i);
    if (v !== UNSET) opts.u32(i).u32(NONE).u64(v);
  }
  if (opts.length !== 0) w.add(SECT.OPTDESC, 8, 16, opts.take());
  return w.finish();
}
