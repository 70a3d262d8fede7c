/** What Envoy Gateway makes of Gateways and HTTPRoutes: the route table that Envoy is given for each Gateway, by its own `egctl`. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import * as z from 'zod';
import { kindOf } from '../../schemas/http-route.ts';
import { parseDocuments } from '../../schemas/parse-documents.ts';
import { inLines } from '../../schemas/parse-file.ts';
import { RouteTable } from './route-table.ts';

export type Translated = {
  /** By `namespace/gateway/listener`. */
  readonly tables: ReadonlyMap<string, RouteTable>;
  /** `namespace/name:port` of the Service that a cluster of Envoy's is. */
  readonly services: ReadonlyMap<string, string>;
};

const MODULE = join(import.meta.dirname, '../../conformance/envoy-gateway');
const EGCTL = 'github.com/envoyproxy/gateway/cmd/egctl';
const GATEWAY_CLASS = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
  metadata: { name: 'demo' },
  spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
};

/** Where Go keeps the command, once it is built. */
export async function builtEgctl(): Promise<string> {
  const asked = promisify(execFile)('go', ['tool', '-n', EGCTL], { cwd: MODULE });
  const { stdout } = await asked.catch((error: { readonly stderr?: string }) => {
    throw new Error(`Envoy Gateway's egctl can't be built: ${error.stderr?.trim().split('\n').at(-1)}`);
  });
  return stdout.trim();
}

export async function translated(egctl: string, manifests: string, file: string): Promise<Translated> {
  const objects = [GATEWAY_CLASS, ...objectsIn(manifests)];
  await writeFile(file, objects.map((object) => `${JSON.stringify(object)}\n`).join('---\n'));
  const kinds = ['--from', 'gateway-api', '--to', 'xds', '--type', 'all', '--output', 'json'];
  const running = spawn(egctl, ['experimental', 'translate', ...kinds, '--file', file], { stdio: 'pipe' });
  const [told, fault, [code]] = await Promise.all([text(running.stdout), text(running.stderr), once(running, 'exit')]);
  if (code !== 0) throw new Error(`egctl translates nothing: ${fault.slice(0, 500)}`);
  const { xds } = z.object({ xds: z.record(z.string(), ConfigDump) }).parse(JSON.parse(told));
  const all = Object.values(xds);
  return {
    tables: new Map(all.flatMap(({ tables }) => tables.map((table) => [table.name, table] as const))),
    services: new Map(all.flatMap(({ services }) => services)),
  };
}

const Loaded = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  spec: z.looseObject({}).optional(),
});

/** As an API server would have completed them, of the kinds that decide where a request goes. */
function objectsIn(manifests: string): readonly unknown[] {
  const documents = parseDocuments(manifests, 'manifests');
  if (!documents.ok) throw new Error(inLines(documents.failure).join('\n'));
  return documents.value.flatMap(({ value }) => {
    const kind = kindOf(value) ?? '';
    if (!['Gateway', 'HTTPRoute', 'ReferenceGrant', 'Service'].includes(kind)) return [];
    const object = Loaded.parse(value);
    return [kind === 'Service' ? { ...object, spec: { clusterIP: '10.96.0.1', ...object.spec } } : object];
  });
}

const Service = z.object({
  kind: z.literal('Service'),
  namespace: z.string(),
  name: z.string(),
  sectionName: z.string(),
});
const Endpoints = z.object({
  clusterName: z.string(),
  endpoints: z
    .array(
      z.object({
        metadata: z.object({
          filterMetadata: z.object({ 'envoy-gateway': z.object({ resources: z.tuple([Service]) }) }),
        }),
      }),
    )
    .default([]),
});

const ConfigDump = z
  .object({
    configs: z.array(
      z.object({
        dynamicRouteConfigs: z.array(z.object({ routeConfig: RouteTable })).default([]),
        dynamicEndpointConfigs: z.array(z.object({ endpointConfig: Endpoints })).default([]),
      }),
    ),
  })
  .transform(({ configs }) => ({
    tables: configs.flatMap(({ dynamicRouteConfigs }) => dynamicRouteConfigs.map(({ routeConfig }) => routeConfig)),
    services: configs.flatMap(({ dynamicEndpointConfigs }) =>
      dynamicEndpointConfigs.flatMap(({ endpointConfig: { clusterName, endpoints } }) =>
        endpoints.map(({ metadata }) => {
          const [{ namespace, name, sectionName }] = metadata.filterMetadata['envoy-gateway'].resources;
          return [clusterName, `${namespace}/${name}:${sectionName}`] as const;
        }),
      ),
    ),
  }));
