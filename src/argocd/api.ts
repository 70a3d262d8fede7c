/** Argo CD's own API: one bounded call at a time, to the configured server alone, with the instance's token. */
import type { ConfiguredInstance } from '../../schemas/config.ts';
import type { Reason } from '../../schemas/effect.ts';
import type { Fetch } from '../github/client.ts';
import { readBody } from '../security/body.ts';
import { apiTokenName, readPresented } from '../security/secret.ts';
import { failed, ok, type Result } from '../words/result.ts';

export type ArgoCd = { readonly url: string; readonly token: string; readonly fetch: Fetch };

export type ArgoCdCall = {
  readonly method: 'GET' | 'POST';
  /** Each is one segment below `/api/v1`, whatever characters it holds. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
};

/** `failed`: it may pass by itself. `refused`: repeated as it is, it would be refused again. */
export type ArgoCdAnswer =
  | { readonly kind: 'answered'; readonly body: unknown }
  | { readonly kind: 'failed'; readonly reason: Reason }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: Reason };

const TIMEOUT = 10_000;
/** An Application that holds a thousand resources, with its history, is a few hundred KiB. */
const MOST = 4 * 1_048_576;

/** The failure says what the operator has to set. */
export function argoCdOf({ name, url }: ConfiguredInstance, env: object, fetch: Fetch): Result<ArgoCd, Reason> {
  if (url === undefined) return failed({ code: 'no-url', message: `argocd ${name} has no url in hawser.yaml` });
  const token = readPresented(env, apiTokenName(name));
  if (token.ok) return ok({ url, token: token.value, fetch });
  return failed({ code: 'no-api-token', message: `${apiTokenName(name)} is ${token.failure}` });
}

/** Without a namespace it is one of Argo CD's own. */
export function readApplication(argoCd: ArgoCd, name: string, namespace?: string): Promise<ArgoCdAnswer> {
  const query = namespace === undefined ? {} : { appNamespace: namespace };
  return callArgoCd(argoCd, { method: 'GET', path: ['applications', name], query });
}

/** It never throws. */
export async function callArgoCd({ url, token, fetch }: ArgoCd, call: ArgoCdCall): Promise<ArgoCdAnswer> {
  const path = call.path.map(encodeURIComponent).join('/');
  const query = new URLSearchParams(call.query).toString();
  // Not `AbortSignal.timeout`: its timer would outlive the call, and keep a Durable Object from its rest.
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT);
  try {
    const response = await fetch(`${url}/api/v1/${path}${query === '' ? '' : `?${query}`}`, {
      method: call.method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        'user-agent': 'hawser',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      redirect: 'manual',
      signal: limit.signal,
    });
    if (response.status === 200) return await understood(response, limit.signal);
    await response.body?.cancel();
    return judged(response.status);
  } catch {
    return unreachable(limit.signal.aborted ? `no answer within ${TIMEOUT / 1_000} s` : 'it was not reached');
  } finally {
    clearTimeout(timer);
  }
}

async function understood(response: Response, deadline: AbortSignal): Promise<ArgoCdAnswer> {
  const read = await readBody(response, { most: MOST, deadline });
  if (!read.ok && read.failure !== 'too large') return unreachable(`its answer was ${read.failure}`);
  if (!read.ok) return refused(200, 'answer-too-large', `its answer has more than ${MOST / 1_048_576} MiB`);
  try {
    return { kind: 'answered', body: JSON.parse(new TextDecoder().decode(read.value)) };
  } catch {
    return refused(200, 'no-json', 'its answer is no JSON: the url leads to something else, such as a login page');
  }
}

/** Argo CD's API answers as grpc-gateway does: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
function judged(status: number): ArgoCdAnswer {
  const code = `http-${status}`;
  if (status >= 500 || status === 408 || status === 429) {
    return { kind: 'failed', reason: { code, message: `it answered ${status}` } };
  }
  return refused(status, code, REFUSALS[status] ?? `it answered ${status}`);
}

const REFUSALS: Readonly<Record<number, string>> = {
  301: 'its url redirects, and is not followed: configure where it leads',
  302: 'its url redirects, and is not followed: configure where it leads',
  307: 'its url redirects, and is not followed: configure where it leads',
  308: 'its url redirects, and is not followed: configure where it leads',
  401: 'the token is not accepted: it has expired, or belongs to another Argo CD',
  // Of an Application that a token may not see, and of one that is not there, Argo CD says the same.
  403: 'the token has no right to it, or it is not there',
  404: 'it is not there',
};

function unreachable(message: string): ArgoCdAnswer {
  return { kind: 'failed', reason: { code: 'unreachable', message } };
}

function refused(status: number, code: string, message: string): ArgoCdAnswer {
  return { kind: 'refused', status, reason: { code, message } };
}
