/** The routes. What surrounds them comes in as arguments, so that a test needs no server. */
import { propagation } from '@opentelemetry/api';
import { Hono } from 'hono';
import type { Settings } from './settings.ts';

type Surroundings = Pick<Settings, 'service' | 'downstream' | 'version' | 'revision'> & {
  readonly isStopping: () => boolean;
};

const PATIENCE = 5_000;

export function createApp({ service, downstream, version, revision, isStopping }: Surroundings): Hono {
  const app = new Hono();

  // A connection that is kept would hold the service up until it times out.
  app.use(async (c, next) => {
    await next();
    if (isStopping()) c.header('connection', 'close');
  });

  // Alive: whoever gets no answer may restart it. Nothing else is asked, or one outage would restart everybody.
  app.get('/healthz', (c) => c.text('ok'));

  // Ready for new requests.
  app.get('/readyz', (c) => (isStopping() ? c.text('stopping', 503) : c.text('ok')));

  app.get('/version', (c) => c.json({ version, revision }));

  app.get('/', async (c) => {
    const here = { service, revision, preview: preview() };
    if (downstream === undefined) return c.json({ ...here, downstream: null });
    const answer = await ask(downstream);
    return answer.ok ? c.json({ ...here, downstream: answer.body }) : c.json({ ...here, error: answer.error }, 502);
  });

  return app;
}

/** The preview that was asked for, as OpenTelemetry has it from the request's baggage. */
function preview(): string | null {
  return propagation.getActiveBaggage()?.getEntry('preview')?.value ?? null;
}

type Answer = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly error: string };

async function ask(url: URL): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) return { ok: false, error: `downstream answered ${response.status}` };
    return { ok: true, body: await response.json() };
  } catch (error) {
    console.error(JSON.stringify({ message: 'downstream gave no answer', error: String(error) }));
    return { ok: false, error: 'downstream gave no answer' };
  }
}
