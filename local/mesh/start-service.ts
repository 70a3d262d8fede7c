/** Starts the reference set's application as its container does: a process with OpenTelemetry's SDK and instrumentation. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Service = { readonly port: number; readonly close: () => Promise<void> };

export type ServiceOptions = {
  readonly name: string;
  readonly revision: string;
  /** The next one. */
  readonly downstream: string | undefined;
  /** As somebody may have set it for the sake of speed: baggage ends there. */
  readonly telemetry: boolean;
};

const APPLICATION = join(import.meta.dirname, '../../gitops/example-app/src');
/** Nothing is listened for: the baggage alone is asked about. */
const NO_COLLECTOR = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

export async function startService({ name, revision, downstream, telemetry }: ServiceOptions): Promise<Service> {
  const { PATH = '', HOME = '' } = process.env;
  const command = ['--import', `${APPLICATION}/telemetry.ts`, `${APPLICATION}/main.ts`];
  const running = spawn(process.execPath, command, {
    env: {
      PATH,
      HOME,
      ...NO_COLLECTOR,
      PORT: '0',
      OTEL_SERVICE_NAME: name,
      REVISION: revision,
      ...(downstream === undefined ? {} : { DOWNSTREAM_URL: downstream }),
      ...(telemetry ? {} : { OTEL_SDK_DISABLED: 'true' }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => running.kill('SIGKILL');
  process.once('exit', kill);
  const said: string[] = [];
  createInterface({ input: running.stderr }).on('line', (line) => said.push(line));
  const ended = once(running, 'exit');
  for await (const line of createInterface({ input: running.stdout })) {
    const { message, port }: { message: string; port: number } = JSON.parse(line);
    if (message !== 'listening') {
      said.push(line);
      continue;
    }
    // What it says from now on is nobody's, and must not fill the pipe.
    running.stdout.resume();
    return { port, close };
  }
  throw new Error(`service ${name} does not start: ${said.find((line) => line.trim() !== '') ?? 'it says nothing'}`);

  async function close(): Promise<void> {
    running.kill('SIGTERM');
    await ended;
    process.off('exit', kill);
  }
}
