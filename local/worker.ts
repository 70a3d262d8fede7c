/** Runs the bundled Worker in workerd on this machine, with its Durable Objects on disk. */
import { Miniflare } from 'miniflare';
import type { Module } from './bundle.ts';

export type Worker = {
  readonly url: string;
  /** What the cron trigger does every five minutes on Cloudflare. */
  readonly tick: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type WorkerOptions = {
  readonly modules: readonly Module[];
  /** 0: a free port. */
  readonly port: number;
  /** The directory that holds the Durable Objects' storage. */
  readonly state: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Each line that the Worker logs. */
  readonly log?: (line: string) => void;
};

export async function startWorker({ modules, port, state, variables, log }: WorkerOptions): Promise<Worker> {
  const objects = {
    LEDGER: 'Ledger',
    INSTALLATION: 'Installation',
    REFRESHER: 'Refresher',
    HOOK: 'Hook',
    PREVIEW_INDEX: 'PreviewIndex',
  } as const;
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port,
    cf: false,
    logRequests: false,
    resourcePersistencePath: state,
    ...(log === undefined ? {} : { handleStructuredLogs: ({ message }: { message: string }) => log(message) }),
    workers: [
      {
        config: {
          name: 'hawser',
          compatibilityDate: '2026-11-01',
          manifest: {
            mainModule: 'index.js',
            modules: Object.fromEntries(modules.map(({ name, type, contents }) => [name, { type, contents }])),
          },
          env: {
            ...Object.fromEntries(
              Object.entries(variables).map(([name, value]) => [name, { type: 'text' as const, value }]),
            ),
            ...Object.fromEntries(
              Object.entries(objects).map(([name, exportName]) => [
                name,
                { type: 'durable-object' as const, worker: 'hawser', exportName },
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
  const url = await miniflare.ready;
  return {
    url: url.href.replace(/\/$/, ''),
    tick: async () => {
      const worker = await miniflare.getWorker();
      await worker.scheduled({ cron: '*/5 * * * *' });
    },
    close: () => miniflare.dispose(),
  };
}
