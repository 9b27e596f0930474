import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { compileTexts, run, testProfile } from './harness.ts';

const profile = testProfile();
for (const f of process.argv.slice(2)) {
  const text = readFileSync(f, 'utf8');
  try {
    const r = run(compileTexts([{ name: 'a.c', text }], profile), profile) as any;
    spawnSync('gcc', ['-std=gnu11', '-w', '-O0', '-fwrapv', '-o', '/tmp/zza', f]);
    const g = spawnSync('/tmp/zza', { encoding: 'utf8' });
    const same = g.stdout === r.output && g.status === (r.status & 255);
    console.log(f, same ? 'same' : 'DIFFER', g.status, r.status);
    if (!same) {
      const a = g.stdout.split('\n'),
        b = r.output.split('\n');
      for (let i = 0; i < a.length; i++)
        if (a[i] !== b[i]) {
          console.log(' gcc', a[i], '\n our', b[i]);
        }
    }
  } catch (e) {
    console.log(f, (e as Error).message.slice(0, 1500), (e as any).output);
  }
}
