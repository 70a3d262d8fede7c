/** Both Workers as they are deployed, bound to each other and to one KV: what the index is told, the router shows. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Miniflare, Response } from 'miniflare';
import { bundle, type Module } from '../../local/bundle.ts';
import { PreviewEntry } from '../../schemas/preview-entry.ts';

/** Not below `.dev`, where browsers go by https alone. */
export const ZONE = 'previews.example.com';
export const FORWARDED = 'from the environment';

export type Site = {
  readonly port: number;
  /** As a ledger does it. */
  readonly tell: (entry: Partial<PreviewEntry>) => Promise<void>;
  /** Whether KV has something of a name. */
  readonly keeps: (name: string) => Promise<boolean>;
  /** As KV is where a write has not come yet. */
  readonly lose: (name: string) => Promise<void>;
  /** What came to the environment, by host. */
  readonly forwarded: readonly string[];
  readonly close: () => Promise<void>;
};

/** To what the router is bound. `long kept`: the bridge's index is certain of what it lacks, as one is after a day; here each is new. */
type Bound = { readonly kv: boolean; readonly bridge: boolean | 'long kept' };

export async function startSite(bound: Bound): Promise<Site> {
  bundles ??= bundleBoth();
  const [hawser, router] = await bundles;
  const forwarded: string[] = [];
  const site = new Miniflare({
    host: '127.0.0.1',
    port: 0,
    cf: false,
    logRequests: false,
    handleStructuredLogs: () => {},
    workers: [workerOf('router', router, bindingsOf(bound), forwarded), bridgeOf(hawser), certain],
  });
  const { port } = await site.ready;
  const kv = await site.getKVNamespace('PREVIEWS', 'hawser');
  const indices = await site.getDurableObjectNamespace('PREVIEW_INDEX', 'hawser');
  const index = indices.get(indices.idFromName(ZONE)) as unknown as { put(entry: PreviewEntry): Promise<void> };
  return {
    port: Number(port),
    tell: (entry) => index.put(entryOf(entry)),
    keeps: async (name) => (await kv.list({ prefix: `${name}.${ZONE}` })).keys.length > 0,
    lose: (name) => kv.delete(`${name}.${ZONE}`),
    forwarded,
    close: () => site.dispose(),
  };
}

/** Once for all sites. */
let bundles: Promise<readonly [readonly Module[], readonly Module[]]> | undefined;

async function bundleBoth(): Promise<readonly [readonly Module[], readonly Module[]]> {
  const directory = await mkdtemp(join(tmpdir(), 'hawser-site-'));
  const both = await Promise.all([bundle(join(directory, 'hawser')), bundle(join(directory, 'router'), 'router')]);
  await rm(directory, { recursive: true });
  return both;
}

let told = Date.now();

function entryOf({ number = 7, names = ['foo'], ...entry }: Partial<PreviewEntry>): PreviewEntry {
  told += 1;
  const defaults = { zone: ZONE, repository: 'acme/shop', state: 'building', log: null, at: told };
  return PreviewEntry.parse({ ...defaults, number, names: [...names, `pr-${number}-shop`], ...entry });
}

function bindingsOf({ kv, bridge }: Bound) {
  const worker = bridge === 'long kept' ? 'certain' : 'hawser';
  return {
    ROUTER: { type: 'json' as const, value: { zone: ZONE, entry: 'shop' } },
    ...(kv ? { PREVIEWS: KV } : {}),
    ...(bridge === false ? {} : { BRIDGE: { type: 'worker' as const, worker, exportName: 'PreviewNames' } }),
  };
}

const KV = { type: 'kv' as const, id: 'previews' };
const CERTAIN = `
import { WorkerEntrypoint } from 'cloudflare:workers';
export class PreviewNames extends WorkerEntrypoint {
  async find(zone, name) {
    return (await this.env.BRIDGE.find(zone, name)) ?? [];
  }
}
export default {};
`;
const text = (value: string) => ({ type: 'text' as const, value });

function bridgeOf(modules: readonly Module[]) {
  const objects = ['Ledger', 'Installation', 'Refresher', 'Hook', 'PreviewIndex'];
  const named = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/, '_').toUpperCase();
  const config = JSON.stringify({ previews: { url: `https://{slug}.${ZONE}` } });
  const durable = objects.map((exportName) => [
    named(exportName),
    { type: 'durable-object' as const, worker: 'hawser', exportName },
  ]);
  const worker = workerOf('hawser', modules, {
    GITHUB_API_URL: text('https://api.github.com'),
    GITHUB_APP_ID: text('1'),
    HAWSER: text(config),
    PREVIEWS: KV,
    ...Object.fromEntries(durable),
  });
  const exports = objects.map((name) => [name, { type: 'durable-object' as const, storage: 'sqlite' as const }]);
  return { ...worker, config: { ...worker.config, exports: Object.fromEntries(exports) } };
}

const certain = workerOf(
  'certain',
  [{ name: 'certain.js', type: 'esm', contents: CERTAIN }],
  bindingsOf({ kv: false, bridge: true }),
);

function workerOf<Env extends object>(name: string, modules: readonly Module[], env: Env, forwarded: string[] = []) {
  const [main] = modules;
  return {
    config: {
      name,
      compatibilityDate: '2026-11-01',
      manifest: {
        mainModule: main?.name ?? '',
        modules: Object.fromEntries(modules.map(({ name, type, contents }) => [name, { type, contents }])),
      },
      env,
    },
    dev: {
      outboundService: {
        type: 'fetcher' as const,
        handler: (request: { readonly url: string; readonly headers: { get(name: string): string | null } }) => {
          forwarded.push(`${new URL(request.url).hostname} ${request.headers.get('baggage')}`);
          return new Response(FORWARDED);
        },
      },
    },
  };
}
