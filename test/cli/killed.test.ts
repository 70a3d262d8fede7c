/** A process that is killed at any step of an update: the next run ends as if nothing had been. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { asked, lay, NAMES, temporary, treeOf } from './hawser.ts';

const first = lay(temporary(), {
  'example-app/a': '1\n',
  'example-app/b': '1\n',
  'example-app/gone': '1\n',
  '.github/c': '1\n',
});
const second = lay(temporary(), {
  'example-app/a': '2\n',
  'example-app/b': '2\n',
  'example-app/new/d': '2\n',
  '.github/c': '2\n',
});

async function before(): Promise<string> {
  const directory = temporary();
  await asked('init', directory, '--set', first, ...NAMES);
  lay(directory, { 'shop/b': 'mine\n' });
  return directory;
}

it('is made good by the next run, whichever step it is', { timeout: 120_000 }, async () => {
  const undisturbed = await before();
  await asked('update', undisturbed, '--set', second);
  const wanted = treeOf(undisturbed);

  let killed = 0;
  for (let step = 0; ; step += 1) {
    const directory = await before();
    const args = [join(import.meta.dirname, 'killed-update.ts'), directory, second, String(step)];
    const { signal } = spawnSync(process.execPath, args);
    if (signal !== 'SIGKILL') break;
    killed += 1;
    const left = Object.keys(treeOf(directory)).filter((path) => /^\.hawser-\w{6}\/$/.test(path));

    const { code, out } = await asked('update', directory, '--set', second);

    for (const folder of left) {
      expect(out).toContain(
        `${join(directory, folder).replace(/\/$/, '')}: a run that was killed has left it; delete it`,
      );
      rmSync(join(directory, folder), { recursive: true });
    }
    expect([step, code, treeOf(directory)]).toEqual([step, 3, wanted]);
  }
  expect(killed).toBeGreaterThan(10);
});
