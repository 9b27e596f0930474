/**
 * Providers of user programs (USDT), as `dtrace -G` writes them and as a program carries them.
 *
 * Both are DOF. The object that -G writes declares providers, their probes and arguments, and knows of no program. The linker adds the sites
 * that it found (engine/guestc/usdt.ts), function by function; that is what the program hands to its kernel when it starts.
 *
 *   PROVIDER  u32 strtab, u32 probes, u32 prargs, u32 proffs, u32 name, u32 attributes[5], u32 prenoffs   (sections; name in strtab)
 *   PROBES    u64 addr, u32 func, u32 name, u32 nargv, u32 xargv, u32 argidx, u32 offidx, u8 nargc, u8 xargc, u16 noffs,
 *             u32 enoffidx, u16 nenoffs, u16 pad, u32 pad                    (48 bytes each; nargv, xargv: the first of the types)
 *   PRARGS    u8: which native argument a shown one is
 *   PROFFS, PRENOFFS  u32: a site less addr; of probes, of is-enabled tests
 */
import { Bytes, DofWriter, type ReadSection, readSections, SECT, StringTable } from './dof.ts';

export interface ProbeDeclaration {
  /** As D writes it: request-start. */
  name: string;
  /** Types of what a site passes, and of what a clause sees. */
  native: string[];
  shown: string[];
  /** For each that is shown, the native one that it is made from. */
  mapping: number[];
}

export interface ProviderDeclaration {
  name: string;
  /** Of the provider, its modules, functions, names, arguments: name << 24 | data << 16 | class << 8, as DOF has them. */
  attributes: number[];
  probes: ProbeDeclaration[];
}

/** The sites of one probe in one function. */
export interface ProbeSites {
  provider: string;
  probe: string;
  func: string;
  /** Text address of the function. */
  addr: number;
  /** Sites, less addr: where it fires, where it is asked for. */
  offsets: number[];
  enabled: number[];
}

const PROBE_SIZE = 48;
const PROVIDER_SIZE = 44;

/** DOF of providers; with `sites` as a program carries it: probes without a site are left out, and providers without one. */
export function writeProviders(
  providers: readonly ProviderDeclaration[],
  sites?: readonly ProbeSites[],
): Uint8Array {
  const strings = new StringTable();
  /** Those after the strings, which come first and are complete last. */
  const sections: Section[] = [];
  for (const provider of providers) {
    const placed: Placed[] = provider.probes.flatMap((probe): Placed[] =>
      sites === undefined
        ? [{ probe, func: '', addr: 0, offsets: [], enabled: [] }]
        : sites
            .filter((s) => s.provider === provider.name && s.probe === probe.name)
            .map((s) => ({ ...s, probe })),
    );
    if (sites === undefined || placed.length > 0) addProvider(sections, strings, provider, placed);
  }
  const w = new DofWriter();
  w.add(SECT.STRTAB, 1, 0, strings.bytes());
  for (const section of sections) w.add(...section);
  return w.finish();
}

type Section = Parameters<DofWriter['add']>;
/** Number of the section of strings. */
const STRTAB = 0;

type Placed = Omit<ProbeSites, 'provider' | 'probe'> & { probe: ProbeDeclaration };

function addProvider(
  out: Section[],
  strings: StringTable,
  provider: ProviderDeclaration,
  placed: Placed[],
): void {
  const probes = new Bytes(PROBE_SIZE * placed.length);
  const args: number[] = [];
  const offsets: number[] = [];
  const enabled: number[] = [];
  const list = (types: string[]) => (types.length === 0 ? 0 : strings.run(types));
  for (const { probe, func, addr, offsets: fires, enabled: asks } of placed) {
    probes.u64(BigInt(addr)).u32(strings.insert(func)).u32(strings.insert(probe.name));
    probes.u32(list(probe.native)).u32(list(probe.shown)).u32(args.length).u32(offsets.length);
    probes.u8(probe.native.length).u8(probe.shown.length).u16(fires.length);
    probes.u32(enabled.length).u16(asks.length).u16(0).u32(0);
    args.push(...probe.mapping);
    offsets.push(...fires);
    enabled.push(...asks);
  }
  const words = (values: number[]): Uint8Array => new Bytes(4 * values.length).words(values).take();
  /** Number of the section. */
  const add = (...section: Section): number => STRTAB + out.push(section);
  const sections = [
    add(SECT.PROBES, 8, PROBE_SIZE, probes.take()),
    add(SECT.PRARGS, 1, 1, Uint8Array.from(args)),
    add(SECT.PROFFS, 4, 4, words(offsets)),
  ];
  const asked = add(SECT.PRENOFFS, 4, 4, words(enabled));
  const b = new Bytes(PROVIDER_SIZE).u32(STRTAB);
  for (const section of sections) b.u32(section);
  b.u32(strings.insert(provider.name));
  for (const attribute of provider.attributes) b.u32(attribute);
  add(SECT.PROVIDER, 4, 0, b.u32(asked).take());
}

/** What an object of -G declares. Throws Error saying what is wrong with it. */
export function readProviders(bytes: Uint8Array): ProviderDeclaration[] {
  try {
    const providers = decode(bytes);
    for (const { probes } of providers)
      for (const { native, mapping } of probes)
        if (mapping.some((from) => from >= native.length))
          throw new Error('it shows arguments that it has not');
    return providers;
  } catch (error) {
    if (error instanceof RangeError) throw new Error('it is damaged');
    throw error;
  }
}

function decode(bytes: Uint8Array): ProviderDeclaration[] {
  const sections = readSections(bytes);
  const section = (index: number, type: number): DataView => {
    const found: ReadSection | undefined = sections[index];
    if (found?.type !== type) throw new Error(`its section ${index} is not of type ${type}`);
    return found.data;
  };
  const strings = (data: DataView, at: number, count: number): string[] => {
    const out: string[] = [];
    for (let from = at, to = at; out.length < count; from = to) {
      while (to < data.byteLength && data.getUint8(to) !== 0) to++;
      if (to >= data.byteLength) throw new Error('a string of it has no end');
      out.push(new TextDecoder().decode(new Uint8Array(data.buffer, data.byteOffset + from, to - from)));
      to++;
    }
    return out;
  };
  const providers: ProviderDeclaration[] = [];
  for (const { type, data } of sections) {
    if (type !== SECT.PROVIDER) continue;
    const field = (i: number) => data.getUint32(4 * i, true);
    const strtab = section(field(0), SECT.STRTAB);
    const probes = section(field(1), SECT.PROBES);
    const args = section(field(2), SECT.PRARGS);
    providers.push({
      name: strings(strtab, field(4), 1)[0],
      attributes: [5, 6, 7, 8, 9].map(field),
      probes: Array.from({ length: Math.floor(probes.byteLength / PROBE_SIZE) }, (_, i) => {
        const at = i * PROBE_SIZE;
        const u32 = (offset: number) => probes.getUint32(at + offset, true);
        const shown = probes.getUint8(at + 33);
        return {
          name: strings(strtab, u32(12), 1)[0],
          native: strings(strtab, u32(16), probes.getUint8(at + 32)),
          shown: strings(strtab, u32(20), shown),
          mapping: Array.from({ length: shown }, (_, k) => args.getUint8(u32(24) + k)),
        };
      }),
    });
  }
  return providers;
}
