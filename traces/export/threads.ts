/** Creation paths of a trace's threads: from its index, or from its events when it was cut short. */
import { ThreadNames } from '../diff/threads.ts';
import { ROLE, SiteTable } from '../playback/sites.ts';
import { learnThread } from '../playback/threads.ts';
import type { TraceReader } from '../read.ts';

export function threadIdentities(reader: TraceReader): (tid: number) => string {
  const names = ThreadNames.from(reader.threads ?? []);
  if (reader.threads === undefined) {
    const table = new SiteTable(reader.header.sites);
    for (let n = 0; n < reader.chunks.length; n++) {
      const { columns: e } = reader.chunk(n);
      for (let i = 0; i < e.count; i++) {
        const role = table.roles[e.site[i]];
        if (role === ROLE.create || role === ROLE.name) learnThread(names, role, e, i);
      }
    }
  }
  const known = new Map<number, string>();
  return (tid) => {
    let identity = known.get(tid);
    if (identity === undefined) {
      identity = tid === 0 ? '' : names.identity(tid);
      known.set(tid, identity);
    }
    return identity;
  };
}
