/**
 * `npm run smoke -- URL`: whether a preview is known of all along the way, and answers. It asks the application at the URL, which asks the
 * next service and so on; each tells which preview it was asked for. A service that carries no baggage on ends the preview, and so does a
 * route that never matches, while the answers still look right: they come from the shared environment, which is asked as well.
 */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const PATIENCE = 10_000;

type Station = { readonly service: string; readonly revision: string; readonly preview: string | null };

/** The stations of an answer, first to last; undefined: not what such a service answers. */
export function stationsOf(answer: unknown): readonly Station[] | undefined {
  if (answer === null || answer === undefined) return [];
  if (typeof answer !== 'object' || !('service' in answer && 'revision' in answer && 'preview' in answer))
    return undefined;
  const { service, revision, preview } = answer;
  const further = stationsOf('downstream' in answer ? answer.downstream : null);
  if (further === undefined) return undefined;
  return [
    { service: String(service), revision: String(revision), preview: preview === null ? null : String(preview) },
    ...further,
  ];
}

/** What is wrong; undefined: all know of the preview. */
export function faultOf(stations: readonly Station[], wanted: string): string | undefined {
  const at = stations.findIndex(({ preview }) => preview !== wanted);
  const [before, lost] = [stations[at - 1], stations[at]];
  if (lost === undefined) return stations.length === 0 ? 'nobody answered' : undefined;
  const knows = lost.preview === null ? 'of none' : `of ${lost.preview}`;
  if (before === undefined)
    return `${lost.service} knows ${knows}, not of ${wanted}: it reads no baggage, or the edge sets none`;
  const why = `${before.service} carries no baggage on, or ${lost.service} reads none`;
  return `${lost.service} knows ${knows}, and ${before.service} of ${wanted}: ${why}. From there on it is the shared environment`;
}

/** Who answers otherwise than in the shared environment: the preview's own. */
export function ownOf(stations: readonly Station[], shared: readonly Station[]): readonly string[] {
  return stations
    .filter(({ service, revision }) => !shared.some((each) => each.service === service && each.revision === revision))
    .map(({ service }) => service);
}

/** `foo` of `https://foo.example-preview.dev`, and of `https://foo--api.example-preview.dev`. */
export function previewOf(url: URL): string {
  return (url.hostname.split('.')[0] ?? '').replace(/--[a-z0-9-]*$/, '');
}

/** The same host's, where `foo` is another name: `https://sandbox--api.example-preview.dev` for `https://foo--api.example-preview.dev`. */
export function sharedOf(url: URL, name: string): URL {
  const shared = new URL(url);
  shared.hostname = `${name}${url.hostname.slice(previewOf(url).length)}`;
  return shared;
}

const USAGE = 'npm run smoke -- URL [--preview SLUG] [--shared NAME] [--at HOST:PORT]';

/** What is wrong; undefined: nothing, and what is right is said. */
async function smoke(): Promise<string | undefined> {
  const option = { type: 'string' } as const;
  const options = { preview: option, shared: option, at: option };
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  const url = URL.parse(positionals[0] ?? '');
  if (url === null || !/^https?:$/.test(url.protocol)) return `${USAGE}: the URL is missing, or it is none`;
  const preview = values.preview ?? previewOf(url);
  const stations = await wayOf(url, values.at);
  console.log(stations.map(({ service, revision }) => `${service} ${revision}`).join(' → '));
  const fault = faultOf(stations, preview);
  if (fault !== undefined) return fault;
  const own = ownOf(stations, await wayOf(sharedOf(url, values.shared ?? 'sandbox'), values.at));
  if (own.length === 0)
    return `all know of ${preview}, and nobody is its own: its routes match nothing, or it runs what is shared`;
  console.log(`ok: of ${preview} ${own.length === 1 ? 'is' : 'are'} ${own.join(', ')}`);
  return undefined;
}

async function wayOf(url: URL, at: string | undefined): Promise<readonly Station[]> {
  const { status, body } = await ask(url, at);
  if (status !== 200) throw new Error(`${url}: ${status} ${body.split('\n')[0]}`);
  const stations = stationsOf(parsed(body));
  if (stations === undefined) throw new Error(`${url}: the answer tells of no services`);
  return stations;
}

/** `at`: in the place of where the name leads to, as before it leads anywhere. */
async function ask(url: URL, at: string | undefined): Promise<{ status: number; body: string }> {
  const [, hostname, port] = /^(.+):(\d+)$/.exec(at ?? '') ?? [];
  if (at !== undefined && port === undefined) throw new Error(`--at ${at}: it is no HOST:PORT`);
  const { request } = url.protocol === 'https:' ? https : http;
  const place = hostname === undefined ? {} : { hostname, port, servername: url.hostname };
  const asked = request(url, { ...place, headers: { host: url.host }, signal: AbortSignal.timeout(PATIENCE) }).end();
  try {
    const [response]: http.IncomingMessage[] = await once(asked, 'response');
    return { status: response?.statusCode ?? 0, body: response === undefined ? '' : await text(response) };
  } catch (error) {
    throw new Error(`${url}: no answer (${error instanceof Error && 'code' in error ? error.code : error})`);
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fault = await smoke().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (fault !== undefined) {
    console.log(fault);
    process.exitCode = 1;
  }
}
