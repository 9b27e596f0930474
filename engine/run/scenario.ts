/**
 * Scenarios: what a run is about. Data only; docs/scenarios.md describes the file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { modelsDir } from '../image/place.ts';
import { parseDuration } from './duration.ts';
import { UserError } from './user-error.ts';

export interface Scenario {
  name: string;
  description: string;
  /** Machine profile, when the scenario needs a particular one. */
  machine?: string;
  /** Files of the root file system by path. /etc/rc is what init runs. */
  files: Record<string, string>;
  /** Programs of models/user/bin that must be there beside those that /etc/rc names. */
  programs: string[];
  /** What is typed at the console, and when. */
  console: { atNs: number; text: string }[];
  /** Simulated time after which the run ends, counted from power-on. */
  simtimeNs?: number;
}

const directory = () => `${modelsDir()}/scenarios`;

export function scenarioNames(): string[] {
  return readdirSync(directory())
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** By name, or by the path of a .json file. Throws UserError when there is none, or it is no scenario. */
export function loadScenario(name: string): Scenario {
  const isPath = name.endsWith('.json');
  const path = isPath ? name : `${directory()}/${name}.json`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UserError(
      isPath
        ? `${name}: cannot read this scenario`
        : `no scenario '${name}': there are ${scenarioNames().join(', ')} (probelab list scenarios)`,
    );
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: not JSON: ${(error as Error).message}`);
  }
  return validate(raw, isPath ? name.replace(/^.*\//, '').replace(/\.json$/, '') : name, path);
}

function validate(raw: unknown, name: string, path: string): Scenario {
  const bad = (what: string): never => {
    throw new UserError(`${path}: ${what} (docs/scenarios.md)`);
  };
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw))
    return bad('a scenario is a JSON object');
  const known = ['description', 'machine', 'files', 'programs', 'console', 'simtime'];
  const s = raw as Record<string, unknown>;
  for (const key of Object.keys(s))
    if (!known.includes(key)) bad(`unknown key '${key}': known are ${known.join(', ')}`);
  const files = s['files'] ?? {};
  if (typeof files !== 'object' || Object.values(files as object).some((v) => typeof v !== 'string'))
    bad("'files' maps paths to text");
  const programs = s['programs'] ?? [];
  if (!Array.isArray(programs) || programs.some((p) => typeof p !== 'string'))
    bad("'programs' is a list of names");
  const input = s['console'] ?? [];
  if (!Array.isArray(input)) return bad("'console' is a list of { at, text }");
  return {
    name,
    description: String(s['description'] ?? ''),
    machine: s['machine'] === undefined ? undefined : String(s['machine']),
    files: files as Record<string, string>,
    programs: programs as string[],
    console: input.map((item: { at?: unknown; text?: unknown }) => {
      if (typeof item?.at !== 'string' || typeof item.text !== 'string')
        return bad("'console' is a list of { at, text }");
      return { atNs: parseDuration(item.at, `${path}: console at`), text: item.text };
    }),
    simtimeNs:
      s['simtime'] === undefined ? undefined : parseDuration(String(s['simtime']), `${path}: simtime`),
  };
}
