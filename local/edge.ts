/** Runs a bundled Worker in workerd as at the edge of a zone: whatever it fetches goes, under the name asked for, to one origin. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Module } from './bundle.ts';

export type Edge = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly close: () => Promise<void>;
};

export type EdgeOptions = {
  readonly modules: readonly Module[];
  /** Of JSON, as `[vars]` holds it. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** HTTP on this machine: `127.0.0.1:PORT`. */
  readonly origin: string;
  /** 0, or left out: a free port. */
  readonly port?: number;
  /** Each line that the Worker logs. */
  readonly log?: (line: string) => void;
};

export async function startEdge({ modules, variables, origin, port = 0, log = () => {} }: EdgeOptions): Promise<Edge> {
  const directory = await mkdtemp(join(tmpdir(), 'hawser-edge-'));
  const config = join(directory, 'config.capnp');
  await Promise.all(modules.map(({ name, contents }) => writeFile(join(directory, name), contents)));
  await writeFile(config, configOf({ modules, variables, origin, port }));
  // A fourth channel, on which workerd says which port it listens at.
  const { default: workerd } = createRequire(import.meta.url)('workerd') as { default: string };
  const running = spawn(workerd, ['serve', config, '--control-fd=3'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const complaints: string[] = [];
  const linesOf = (channel: number) => createInterface({ input: running.stdio[channel] as Readable });
  linesOf(1).on('line', log);
  linesOf(2).on('line', (line) => complaints.push(line));
  const listening = await Promise.race([portOf(linesOf(3)), once(running, 'exit').then(() => undefined)]);
  const { pid } = running;
  if (listening === undefined || pid === undefined) {
    await rm(directory, { recursive: true });
    throw new Error(`workerd does not start:\n${complaints.join('\n')}`);
  }
  return { url: `http://127.0.0.1:${listening}`, port: listening, pid, close };

  async function close(): Promise<void> {
    const ended = running.exitCode === null && running.signalCode === null ? once(running, 'exit') : undefined;
    running.kill('SIGKILL');
    await ended;
    await rm(directory, { recursive: true, force: true });
  }
}

function configOf({ modules, variables, origin, port }: Required<Omit<EdgeOptions, 'log'>>): string {
  const list = (items: readonly string[]) => `[${items.join(', ')}]`;
  const embedded = modules.map(
    ({ name, type }) => `(name = ${quoted(name)}, ${type === 'esm' ? 'esModule' : 'text'} = embed ${quoted(name)})`,
  );
  const bindings = Object.entries(variables).map(
    ([name, value]) => `(name = ${quoted(name)}, json = ${quoted(JSON.stringify(value))})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      compatibilityDate = "2026-11-01",
      modules = ${list(embedded)},
      bindings = ${list(bindings)},
      globalOutbound = "origin",
    )),
    (name = "origin", external = (address = ${quoted(origin)}, http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "worker")],
);
`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
}

async function portOf(lines: Interface): Promise<number | undefined> {
  for await (const line of lines) {
    const { event, port } = JSON.parse(line) as { event: string; port?: number };
    if (event === 'listen') return port;
  }
  return undefined;
}
