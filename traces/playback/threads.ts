/** What events say of threads: who made whom, and what they are called. */
import { argumentNumber, type EventColumns } from '../columns.ts';
import type { ThreadNames } from '../diff/threads.ts';
import { ROLE, type SiteTable } from './sites.ts';

/** `role` is the event's: create or name, else nothing happens. */
export function learnThread(names: ThreadNames, role: number, e: EventColumns, i: number): void {
  if (role === ROLE.create) names.create(argumentNumber(e, i, 0), argumentNumber(e, i, 2));
  else if (role === ROLE.name) names.name(e, i);
}

/** Adds to `names` what a chunk says of threads. */
export function learnThreads(
  names: ThreadNames,
  table: SiteTable,
  e: EventColumns,
  from = 0,
  to = e.count,
): void {
  for (let i = from; i < to; i++) learnThread(names, table.roles[e.site[i]], e, i);
}
