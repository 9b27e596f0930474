/** `probelab list`: what there is to run, on what, with what. */
import { readdirSync, readFileSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import { modelsDir } from '../../engine/image/place.ts';
import { loadProfile } from '../../engine/image/profile.ts';
import { loadScenario, scenarioNames } from '../../engine/run/scenario.ts';

type Row = { name: string; description: string };

const KINDS: Record<string, () => Row[]> = {
  scenarios: () => scenarioNames().map((name) => ({ name, description: loadScenario(name).description })),
  machines: () =>
    names('machines', '.json').map((name) => ({ name, description: loadProfile(name).description })),
  scripts: () =>
    names('scripts', '.d').map((name) => ({ name, description: firstComment(`scripts/${name}.d`) })),
  experiments: () => [
    {
      name: 'probe-effect',
      description: 'what measuring dd(1) does to dd(1): six D programs, eleven seeds each',
    },
  ],
};

const names = (folder: string, ending: string): string[] =>
  readdirSync(`${modelsDir()}/${folder}`)
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

/** The first sentence of a script's header comment. */
function firstComment(path: string): string {
  const text = readFileSync(`${modelsDir()}/${path}`, 'utf8');
  const comment = /\/\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
  return comment
    .replaceAll(/\s*\n\s*\*?\s*/g, ' ')
    .trim()
    .replace(/\.\s.*$/, '.');
}

export function define(command: Command): void {
  command
    .addArgument(new Argument('[kind]', 'what to list').choices(Object.keys(KINDS)).default('scenarios'))
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  probelab list machines\n')
    .action((kind: string, options: { json?: boolean }) => {
      const rows = KINDS[kind]();
      if (options.json) {
        process.stdout.write(JSON.stringify(rows, null, 2) + '\n');
        return;
      }
      const width = Math.max(0, ...rows.map((row) => row.name.length));
      for (const row of rows) process.stdout.write(`${row.name.padEnd(width)}  ${row.description}\n`);
    });
}
