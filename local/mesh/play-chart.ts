/** The chart on this machine: the router Worker, a gateway, sidecars, and a process for each instance of each service. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { stationsOf } from '../../gitops/example-app/src/smoke.ts';
import type { Module } from '../bundle.ts';
import { type Asking, GATEWAY, type Instance, instances, type Name, objectsOf, SERVICES, SHARED } from './chart.ts';
import { type Mesh, startMesh } from './start-mesh.ts';
import { shippedRouter, startRouter } from './start-router.ts';
import { type Service, startService } from './start-service.ts';

export type Chart = {
  /** The router's, for any host of the zone. */
  readonly url: string;
  readonly ask: (host: string, baggage?: string) => Promise<string>;
  /** Starts all instances of a service anew. */
  readonly restart: (name: Name, telemetry: boolean) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type ChartOptions = {
  readonly modules: readonly Module[];
  readonly port: number;
  readonly asking?: Asking;
};

export async function playChart({ modules, port, asking }: ChartOptions): Promise<Chart> {
  const all = instances(asking);
  const running = new Map<string, Service>();
  const mesh = await startMesh({ objects: objectsOf(all), podOf: (backend) => running.get(keyOf(backend))?.port });
  const router = await startRouter({
    modules,
    port,
    router: { ...(await shippedRouter()), entry: SERVICES[0] },
    onward: (incoming, answer) => mesh.take(GATEWAY, incoming, answer),
  });
  try {
    await start(all, true);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: router.url,
    ask: (host, baggage) => ask(router.url, host, baggage),
    async restart(name, telemetry) {
      const own = all.filter(({ of }) => of === name);
      await Promise.all(own.map(async (instance) => running.get(keyOf(instance))?.close()));
      await start(own, telemetry);
    },
    close,
  };

  /** All are waited for: one that starts while another has failed is still to be ended. */
  async function start(some: readonly Instance[], telemetry: boolean): Promise<void> {
    const started = await Promise.allSettled(
      some.map(async (instance) => running.set(keyOf(instance), await startInstance(instance, mesh, telemetry))),
    );
    const failed = started.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  async function close(): Promise<void> {
    await Promise.all([router.close(), mesh.close(), ...[...running.values()].map((service) => service.close())]);
  }
}

function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

async function startInstance(instance: Instance, mesh: Mesh, telemetry: boolean): Promise<Service> {
  const next = SERVICES[SERVICES.indexOf(instance.of) + 1];
  const downstream =
    next === undefined
      ? undefined
      : await mesh.portOf({
          kind: 'Service',
          namespace: `${next}-sandbox`,
          name: next,
          port: 80,
          from: instance.namespace,
        });
  return startService({
    name: instance.of,
    revision: instance.in,
    downstream: downstream === undefined ? undefined : `http://127.0.0.1:${downstream}`,
    telemetry,
  });
}

/** `a(foo) > b > c(foo) > d`, as the services themselves tell it; or what is answered in its place. */
async function ask(url: string, host: string, baggage: string | undefined): Promise<string> {
  const asked = request(url, { headers: { host, ...(baggage === undefined ? {} : { baggage }) }, agent: false }).end();
  const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    asked.once('error', reject);
    asked.once('response', (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
  });
  const stations = answer.status === 200 ? stationsOf(JSON.parse(answer.body)) : undefined;
  if (stations === undefined) return `${answer.status} ${answer.body.split('\n')[0]}`;
  return stations
    .map(({ service, revision }) => (revision === SHARED ? service : `${service}(${revision})`))
    .join(' > ');
}
