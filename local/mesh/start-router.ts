/** Runs the bundled preview router in workerd on this machine. What it forwards goes to `onward`, whatever host it is for. */

import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Miniflare } from 'miniflare';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import * as z from 'zod';
import { Router } from '../../schemas/router.ts';
import type { Module } from '../bundle.ts';

export type RunningRouter = { readonly url: string; readonly close: () => Promise<void> };

export type RouterOptions = {
  readonly modules: readonly Module[];
  /** 0: a free port. */
  readonly port: number;
  readonly router: Router;
  readonly onward: (incoming: IncomingMessage, answer: ServerResponse) => void;
};

/** What `wrangler.router.toml` says. */
export async function shippedRouter(): Promise<Router> {
  const text = await readFile(new URL('../../wrangler.router.toml', import.meta.url), 'utf8');
  const file = z.object({ vars: z.object({ ROUTER: Router }) });
  return file.parse(getStaticTOMLValue(parseTOML(text))).vars.ROUTER;
}

export async function startRouter({ modules, port, router, onward }: RouterOptions): Promise<RunningRouter> {
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port,
    cf: false,
    logRequests: false,
    workers: [
      {
        config: {
          name: 'hawser-router',
          compatibilityDate: '2026-11-01',
          manifest: {
            mainModule: modules[0]?.name ?? '',
            modules: Object.fromEntries(modules.map(({ name, type, contents }) => [name, { type, contents }])),
          },
          env: { ROUTER: { type: 'json', value: router } },
        },
        dev: { outboundService: { type: 'node-handler', handler: onward } },
      },
    ],
  });
  const url = await miniflare.ready;
  return { url: url.href.replace(/\/$/, ''), close: () => miniflare.dispose() };
}
