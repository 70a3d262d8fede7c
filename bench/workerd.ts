/** Runs a bundled Worker in workerd on a socket of its own: the development server's entry in front of it would be measured too. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { Miniflare } from 'miniflare';
import type { Module } from '../local/bundle.ts';

export type Running = {
  readonly url: string;
  /** Milliseconds of processor time that workerd has taken so far. Only Linux tells; elsewhere it is not a number. */
  readonly workedFor: () => number;
  readonly close: () => Promise<void>;
};

export type Run = {
  readonly modules: readonly Module[];
  /** Binding to class. */
  readonly objects: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** Where the Durable Objects' storage is. */
  readonly state: string;
  readonly log?: (line: string) => void;
};

export async function run({ modules, objects, variables, state, log = () => {} }: Run): Promise<Running> {
  const port = await freePort();
  const before = children();
  const [main] = modules;
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port: 0,
    cf: false,
    logRequests: false,
    resourcePersistencePath: state,
    handleStructuredLogs: ({ message }: { message: string }) => log(message),
    workers: [
      {
        dev: { unsafeDirectSockets: [{ host: '127.0.0.1', port }] },
        config: {
          name: 'measured',
          compatibilityDate: '2026-11-01',
          manifest: {
            mainModule: main?.name ?? '',
            modules: Object.fromEntries(modules.map(({ name, type, contents }) => [name, { type, contents }])),
          },
          env: {
            ...Object.fromEntries(
              Object.entries(variables).map(([name, value]) => [name, { type: 'text' as const, value }]),
            ),
            ...Object.fromEntries(
              Object.entries(objects).map(([name, exportName]) => [
                name,
                { type: 'durable-object' as const, worker: 'measured', exportName },
              ]),
            ),
          },
          exports: Object.fromEntries(
            Object.values(objects).map((name) => [
              name,
              { type: 'durable-object' as const, storage: 'sqlite' as const },
            ]),
          ),
        },
      },
    ],
  });
  await miniflare.ready;
  const started = children().find((each) => !before.includes(each));
  return {
    url: `http://127.0.0.1:${port}`,
    workedFor: () => processorTime(started),
    close: () => miniflare.dispose(),
  };
}

/** The processes that this one has started and that still run. */
function children(): readonly string[] {
  try {
    return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  } catch {
    return [];
  }
}

/** Milliseconds in user space and in the kernel; `/proc` counts in hundredths of a second, after a name that may hold anything. */
export function processorTime(pid: string | undefined): number {
  if (pid === undefined) return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}
