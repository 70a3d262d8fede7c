/**
 * The demo's mesh for whoever brings his own objects, as conformance does: it takes one line of JSON on stdin, with manifests, the
 * ports of pods and where requests will be met; answers with a port for each of those, and ends when stdin does.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { readObjects } from '../local/mesh/read-objects.ts';
import { startMesh } from '../local/mesh/start-mesh.ts';
import { inLines } from '../schemas/parse-file.ts';

const Order = z.object({
  manifests: z.string(),
  /** By `namespace/name` of the Service. */
  pods: z.record(z.string(), z.int()),
  mets: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('Gateway'),
        namespace: z.string(),
        name: z.string(),
        port: z.int(),
        section: z.string(),
      }),
      z.object({
        kind: z.literal('Service'),
        namespace: z.string(),
        name: z.string(),
        port: z.int(),
        from: z.string(),
      }),
    ]),
  ),
});

const input = createInterface({ input: process.stdin });
const ended = once(input, 'close');
const [line]: string[] = await once(input, 'line');
const { manifests, pods, mets } = Order.parse(JSON.parse(line ?? ''));
const objects = readObjects(manifests, 'manifests', 'default');
if (!objects.ok) throw new Error(inLines(objects.failure).join('\n'));
const mesh = await startMesh({ objects: objects.value, podOf: ({ namespace, name }) => pods[`${namespace}/${name}`] });
const ports: number[] = [];
for (const met of mets) ports.push(await mesh.portOf(met));
console.log(JSON.stringify(ports));
await ended;
await mesh.close();
