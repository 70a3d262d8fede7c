/** The commands that keep the configuration and what is generated from it right. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('check-config is content with the file that is shipped', () => {
  expect(run('cli/check-config.ts')).toEqual({ code: 0, out: 'hawser.yaml: valid\n', err: '' });
});

it('check-config says each mistake on a line', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'hawser-')), 'hawser.yaml');
  writeFileSync(file, 'previews:\n  labels: x\ngithub: { writesPerMinute: 0 }\n');

  const { code, err } = run('cli/check-config.ts', file);

  expect({ code, lines: err.trimEnd().split('\n').sort() }).toEqual({
    code: 1,
    lines: [
      `${file}:2: previews.labels: is not a key that Hawser knows`,
      `${file}:3: github.writesPerMinute: Too small: expected number to be >=1`,
    ],
  });
});

it('check-config says in one line that the file is missing', () => {
  expect(run('cli/check-config.ts', 'nowhere.yaml')).toEqual({
    code: 1,
    out: '',
    err: 'nowhere.yaml: there is no such file, or it cannot be read\n',
  });
});

it('the JSON Schema of hawser.yaml is up to date', () => {
  expect(run('cli/generate.ts', '--check')).toEqual({ code: 0, out: '', err: '' });
});

function run(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}
