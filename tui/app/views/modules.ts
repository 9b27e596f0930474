/** The views, by name. */
import type { ViewName } from '../state.ts';
import { diffView } from './diff.ts';
import { dtraceView } from './dtrace.ts';
import { eventsView } from './events.ts';
import { locksView } from './locks.ts';
import { machineView } from './machine.ts';
import { openView } from './open.ts';
import { sourceView } from './source.ts';
import { threadsView } from './threads.ts';
import type { ViewModule } from './view.ts';

const MODULES: Record<ViewName, ViewModule> = {
  machine: machineView,
  source: sourceView,
  threads: threadsView,
  locks: locksView,
  events: eventsView,
  dtrace: dtraceView,
  diff: diffView,
  open: openView,
};

export const viewModule = (view: ViewName): ViewModule => MODULES[view];
