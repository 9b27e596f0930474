/**
 * Option flowindent (-F): functions indented by who calls whom. Entry and return probes indent; the same firing seen by several clauses does so
 * once. In order of time (option temporal) all CPUs share the indentation; CPU by CPU, each begins at the margin.
 */
import type { ProbeRow } from '../probe.ts';
import type { PlacedRecord } from './order.ts';

export class FlowIndent {
  private indent = 0;
  /** What was shown last. */
  private last: { epid: number; probeId: number } | undefined;
  private entering = false;

  /** The record's function, indented and marked. */
  begin(r: PlacedRecord, probe: ProbeRow): string {
    const { epid, probeId } = r.desc;
    const ends = (word: string): boolean => probe.name === word || probe.name.endsWith(`-${word}`);
    /** Another clause's record of the same firing. */
    const again = (other: { epid: number; probeId: number } | undefined): boolean =>
      other !== undefined && other.epid !== epid && other.probeId === probeId;
    const syscall = probe.provider === 'syscall';
    let prefix = '| ';
    let name = `${probe.func}:${probe.name}`;
    this.entering = ends('entry') && !again(this.last);
    if (this.entering) {
      prefix = syscall ? ' => ' : ' -> ';
      name = probe.func;
    } else if (!ends('entry') && ends('return') && !again(r.next?.desc)) {
      prefix = syscall ? ' <= ' : ' <- ';
      name = probe.func;
      this.indent = Math.max(0, this.indent - 2);
    }
    return `${' '.repeat(this.indent)}${prefix}${name}`;
  }

  /** Its data was shown. */
  end(r: PlacedRecord): void {
    if (this.entering) this.indent += 2;
    this.entering = false;
    this.last = r.desc;
  }

  /** Another CPU's records follow. */
  margin(): void {
    this.indent = 0;
  }
}
