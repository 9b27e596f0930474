/** The version in package.json, which stands beside tui/ in a checkout and beside dist/ when built. */
import { readFileSync } from 'node:fs';

export function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string })
        .version;
    } catch {
      // not here: the other place
    }
  }
  return '0.0.0';
}
