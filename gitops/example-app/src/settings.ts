/** Reads what the environment says, and refuses what it can't mean. */
import manifest from '../package.json' with { type: 'json' };

export type Settings = {
  readonly port: number;
  /** As OpenTelemetry calls it too. */
  readonly service: string;
  /** The next service on the way, if there is one. */
  readonly downstream: URL | undefined;
  /** Of the last release. */
  readonly version: string;
  /** The commit that the image was built of. */
  readonly revision: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

export function readSettings(environment: Environment): Settings {
  return {
    port: readPort(environment.PORT ?? '8080'),
    service: environment.OTEL_SERVICE_NAME || 'example-app',
    downstream: readUrl('DOWNSTREAM_URL', environment.DOWNSTREAM_URL),
    version: manifest.version,
    revision: environment.REVISION || 'unknown',
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (text.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT=${text}: a port is a number from 0 to 65535`);
  }
  return port;
}

function readUrl(name: string, text: string | undefined): URL | undefined {
  if (text === undefined || text === '') return undefined;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`${name}=${text}: it is no http or https URL`);
  return url;
}
