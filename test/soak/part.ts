/** One part of the soak: something that a seed decides, to be repeated with another seed for as long as told. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What was done, counted; the soak adds it up over all rounds. */
export type Figures = Readonly<Record<string, number>>;

export type Part = {
  readonly name: string;
  /** The same seed does the same again. Rejects with what is broken; told to stop, it answers with what it has done. */
  readonly run: (seed: number, signal: AbortSignal) => Promise<Figures>;
};

/** A test file in a form longer than that of `npm test`: it reads `SEED`, and how long, from its environment. */
export function testFile(
  name: string,
  project: 'node' | 'worker' | 'trials',
  file: string,
  { env, figures }: { readonly env: Readonly<Record<string, string>>; readonly figures: Figures },
): Part {
  return { name, run };

  async function run(seed: number, signal: AbortSignal): Promise<Figures> {
    // A group of its own, so that Ctrl-C and the end of the time reach all its processes in the same way.
    const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', project, file], {
      detached: true,
      env: { ...process.env, ...env, SEED: String(seed), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = () => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM');
    signal.addEventListener('abort', stop);
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return {};
    if (code !== 0) throw new Error(`${out}${err}`);
    return figures;
  }
}
