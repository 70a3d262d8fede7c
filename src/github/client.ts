/** Calls GitHub's REST API once: no retries, a time limit, and never another host than the configured one. */
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { type Answer, answered, answerIn } from './answer.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** One call, as `GET /repos/{owner}/{repo}` with its parameters; it never throws. */
export type GitHub = (route: string, parameters: Readonly<Record<string, unknown>>) => Promise<Answer>;

export type Connection = {
  /** The root of the REST API. */
  readonly url: string;
  readonly fetch: Fetch;
  /** Milliseconds for one call, redirects included. */
  readonly timeout?: number;
};

/** For what REST can't do. Where it refuses, it answers 200 with `errors`. */
export const GRAPHQL = 'POST /graphql';
/** https://docs.github.com/rest/about-the-rest-api/api-versions */
const API_VERSION = '2022-11-28';
const TIMEOUT = 10_000;
const MOST_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 307, 308]);

export function githubClient(connection: Connection & { readonly token: string }): GitHub {
  return calling(connection, new Octokit({ ...optionsOf(connection), auth: connection.token }));
}

/** Speaks as the App itself, not as one of its installations; `privateKey` is PKCS#8. */
export function appClient(connection: Connection & { readonly appId: string; readonly privateKey: string }): GitHub {
  const { appId, privateKey } = connection;
  return calling(
    connection,
    new Octokit({ ...optionsOf(connection), authStrategy: createAppAuth, auth: { appId, privateKey } }),
  );
}

function optionsOf({ url, fetch }: Connection) {
  return {
    baseUrl: url.replace(/\/+$/, ''),
    userAgent: 'hawser',
    request: { fetch: onOneHost(url, fetch) },
    // Octokit would log GitHub's words as they come; what matters of them is in the outcome.
    log: { debug: silent, info: silent, warn: silent, error: silent },
  };
}

function silent(): void {}

function calling({ url, timeout = TIMEOUT }: Connection, octokit: Octokit): GitHub {
  return async function call(route, { headers, ...parameters }) {
    // On a server of one's own, it lies beside the REST API: https://docs.github.com/enterprise-server/graphql/guides/forming-calls-with-graphql
    const place = route === GRAPHQL ? `POST ${url.replace(/\/+$|\/v3\/*$/, '')}/graphql` : route;
    // Not `AbortSignal.timeout`: its timer would outlive the call, and keep a Durable Object from its rest.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error(`not within ${timeout} ms`)), timeout);
    try {
      return answered(
        await octokit.request(place, {
          ...parameters,
          headers: { 'x-github-api-version': API_VERSION, ...(typeof headers === 'object' ? headers : {}) },
          request: { signal: limit.signal },
        }),
      );
    } catch (error) {
      return answerIn(error);
    } finally {
      clearTimeout(timer);
    }
  };
}

/**
 * GitHub redirects calls to a renamed repository, and asks to repeat them, method and body included, at the new place:
 * https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 * A token follows nowhere else: a redirect to another origin stays the answer.
 */
function onOneHost(root: string, fetch: Fetch): Fetch {
  const origin = URL.parse(root)?.origin;
  return async function fetchOnOneHost(url, init) {
    let place = url;
    let response = await fetch(place, { ...init, redirect: 'manual' });
    for (let hops = 0; hops < MOST_REDIRECTS && REDIRECTS.has(response.status); hops += 1) {
      const location = response.headers.get('location') ?? '';
      const next = URL.parse(location, place);
      if (location === '' || next === null || next.origin !== origin) return response;
      await response.body?.cancel();
      place = next.href;
      response = await fetch(place, { ...init, redirect: 'manual' });
    }
    return response;
  };
}
