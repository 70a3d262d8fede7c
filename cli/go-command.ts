/** A Go command of `conformance/` that tells what happens in lines of JSON, and takes its orders in the same way. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type * as z from 'zod';

const CONFORMANCE = join(import.meta.dirname, '../conformance');
const PATIENCE = 30_000;

export type GoCommand<Told> = {
  /** Oldest first. */
  readonly told: readonly Told[];
  /** The first of what was told that `pick` finds something in; it waits for it. */
  readonly first: <Found>(pick: (told: Told) => Found | undefined) => Promise<Found>;
  /** Until it is so, or patience has an end: whoever asks looks for himself. */
  readonly until: (isSo: () => boolean) => Promise<void>;
  readonly order: (order: unknown) => void;
  readonly close: () => Promise<void>;
};

export async function startGoCommand<Schema extends z.ZodType>(
  name: string,
  directory: string,
  env: Readonly<Record<string, string>>,
  schema: Schema,
): Promise<GoCommand<z.output<Schema>>> {
  const program = join(directory, name);
  await promisify(execFile)('go', ['build', '-o', program, `./${name}`], { cwd: CONFORMANCE });
  const running = spawn(program, { env: { ...process.env, ...env }, stdio: 'pipe' });
  process.once('exit', () => running.kill());
  // Where it has ended, what is waited for never comes, and that is said.
  running.stdin.on('error', () => {});
  const ended = once(running, 'exit');
  const isRunning = () => running.exitCode === null && running.signalCode === null;
  const told: z.output<Schema>[] = [];
  let news = Promise.withResolvers<void>();
  createInterface({ input: running.stdout }).on('line', (line) => {
    told.push(schema.parse(JSON.parse(line)));
    news.resolve();
    news = Promise.withResolvers();
  });
  createInterface({ input: running.stderr }).on('line', (line) => {
    // The notifications' HTTP client tells every request, and can't be told otherwise.
    if (!line.includes(' [DEBUG] ')) console.error(line);
  });
  async function until(isSo: () => boolean): Promise<void> {
    const limit = AbortSignal.timeout(PATIENCE);
    while (!isSo() && !limit.aborted && isRunning()) await Promise.race([news.promise, once(limit, 'abort'), ended]);
  }
  return {
    told,
    until,
    async first(pick) {
      const found = () => told.map(pick).find((one) => one !== undefined);
      await until(() => found() !== undefined);
      const first = found();
      if (first === undefined)
        throw new Error(`${name} did not tell what was waited for: ${JSON.stringify(told.at(-1))}`);
      return first;
    },
    order: (order) => void running.stdin.write(`${JSON.stringify(order)}\n`),
    async close() {
      running.kill();
      await ended;
    },
  };
}
