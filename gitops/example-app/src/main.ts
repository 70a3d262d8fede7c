/** Serves until it is told to stop; then it finishes what it has begun. */
import { setTimeout as after } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { createApp } from './app.ts';
import { readSettings } from './settings.ts';
import { telemetry } from './telemetry.ts';

/** Less than the pod's terminationGracePeriodSeconds, with its preStop. */
const PATIENCE = 25_000;
/** A collector that is gone is no reason to stay. */
const FLUSH = 2_000;

const settings = readSettings(process.env);
let stopping = false;

const app = createApp({ ...settings, isStopping: () => stopping });
const server = serve({ fetch: app.fetch, port: settings.port }, ({ port }) => log('listening', { port }));
server.once('error', (error) => {
  log('cannot listen', { port: settings.port, error: error.message });
  process.exit(1);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);

function stop(signal: NodeJS.Signals): void {
  stopping = true;
  log('stopping', { signal });
  const deadline = setTimeout(() => {
    log('stopped in the middle of requests');
    process.exit(1);
  }, PATIENCE);
  // Takes no new connections, and calls back when the last request has its answer.
  server.close(async () => {
    clearTimeout(deadline);
    await Promise.race([flush(), after(FLUSH)]);
    log('stopped');
    process.exit(0);
  });
}

async function flush(): Promise<void> {
  await telemetry.shutdown().catch((error: unknown) => log('telemetry was lost', { error: String(error) }));
}

function log(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  console.log(JSON.stringify({ message, ...fields }));
}
