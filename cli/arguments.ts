/** What the environment and the command line may say of the local stack; a mistake is one clear line. */
import { StackRefused } from '../local/stack.ts';

export type Ports = { readonly hawserPort: number; readonly githubPort: number };

export function readPorts(env: Readonly<Record<string, string | undefined>>): Ports {
  return { hawserPort: readPort('HAWSER_PORT', env, 8787), githubPort: readPort('GITHUB_PORT', env, 4010) };
}

/** A running ApplicationSet controller's webhook, for the demo to call in the place of its stand-in. */
export function readApplicationSets(
  env: Readonly<Record<string, string | undefined>>,
): { readonly url: string; readonly secret: string } | undefined {
  const [url = '', secret = ''] = [env['APPLICATIONSETS_URL'], env['APPLICATIONSETS_SECRET']];
  if (url === '') return undefined;
  if (secret === '')
    throw new StackRefused('APPLICATIONSETS_SECRET: is not set, and what APPLICATIONSETS_URL names wants one');
  return { url, secret };
}

export function readFlag(args: readonly string[], flag: string): boolean {
  const unknown = args.find((arg) => arg !== flag);
  if (unknown !== undefined) throw new StackRefused(`${unknown}: no such option; there is ${flag}`);
  return args.includes(flag);
}

export function readPort(name: string, env: Readonly<Record<string, string | undefined>>, usual: number): number {
  const text = env[name];
  if (text === undefined || text === '') return usual;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535))
    throw new StackRefused(`${name}: ${JSON.stringify(text)} is no port; 0 to 65535, 0 for any free one`);
  return port;
}
