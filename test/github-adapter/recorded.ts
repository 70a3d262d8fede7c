/** A GitHub that answers from a list, in order, and keeps what it was asked; whether GitHub can be asked that is checked. */
import { type Fetch, type GitHub, githubClient } from '../../src/github/client.ts';
import type { Performing } from '../../src/perform.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { observer } from '../openapi/observer.ts';

export type Recorded = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: unknown;
};

export type Asked = {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
};

export const NOW = Instant.parse(1_790_000_000_000);
export const SHOP = Repository.parse('acme/shop');
export const API = 'https://api.github.test';

export function recorded(...answers: readonly (Recorded | Error)[]) {
  const observed = observer('hawser');
  return answering(answers, ({ method, url, body }) => {
    const { pathname: path, searchParams } = new URL(url);
    // What it answers is the test's, and may be anything.
    observed.see({ method, path, query: Object.fromEntries(searchParams), body, answer: undefined });
  });
}

/** The same, for what asks things that no GitHub knows. */
export function unchecked(...answers: readonly (Recorded | Error)[]) {
  return answering(answers, () => undefined);
}

function answering(answers: readonly (Recorded | Error)[], see: (asked: Asked) => void) {
  const left = [...answers];
  const asked: Asked[] = [];
  const fetch: Fetch = async (url, init) => {
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const one = { method: init.method ?? 'GET', url, headers: new Headers(init.headers), body };
    asked.push(one);
    see(one);
    const answer = left.shift();
    if (answer === undefined) throw new Error(`nothing recorded for ${init.method} ${url}`);
    if (answer instanceof Error) throw answer;
    return responseOf(answer);
  };
  return { fetch, asked };
}

function responseOf({ status, headers = {}, body }: Recorded): Response {
  if (body === undefined) return new Response(null, { status, headers });
  const json = typeof body !== 'string';
  const type = { 'content-type': json ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8' };
  return new Response(json ? JSON.stringify(body) : body, { status, headers: { ...type, ...headers } });
}

/** An attempt that GitHub answers with these, and what it was asked. */
export function attempting(given: Partial<Performing>, ...answers: readonly (Recorded | Error)[]) {
  const { fetch, asked } = recorded(...answers);
  const github: GitHub = githubClient({ url: API, token: 'ghs_1', fetch });
  const attempt: Performing = {
    github,
    refresher: async () => {},
    index: async () => {},
    tell: async () => {},
    argoCds: { instances: () => [], env: {}, fetch },
    updaters: { configured: () => [], env: {}, fetch },
    ownersRules: () => null,
    repository: SHOP,
    app: '12345',
    look: false,
    attempts: 0,
    now: () => NOW,
    ...given,
  };
  return { attempt, asked };
}

/** Method and path with query, as a table of calls is read best. */
export function linesOf(asked: readonly Asked[]): readonly string[] {
  return asked.map(({ method, url }) => `${method} ${url.replace(API, '')}`);
}
