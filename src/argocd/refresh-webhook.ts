/** One refresh call in mode `webhook`: a pull request's event, as GitHub would send it, for Argo CD's ApplicationSet controller. */
import { createHmac } from 'node:crypto';
import type { Fetch } from '../github/client.ts';
import type { Repository } from '../words/repository.ts';
import type { Called } from './target.ts';

export type Webhook = {
  readonly url: string;
  readonly secret: string;
  /** The controller compares its host with that of the generator's `api`. */
  readonly githubApi: string;
  readonly fetch: Fetch;
};

const TIMEOUT = 10_000;

/** It never throws. 200 says that the controller has queued it, not that any ApplicationSet was concerned. */
export async function callWebhook({ url, secret, githubApi, fetch }: Webhook, repository: Repository): Promise<Called> {
  const body = JSON.stringify(eventOf(repository, githubApi));
  // Not `AbortSignal.timeout`: its timer would outlive the call, and keep the object from its rest.
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'hawser',
        'x-github-event': 'pull_request',
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      },
      body,
      redirect: 'manual',
      signal: limit.signal,
    });
    await response.body?.cancel();
    return judged(response.status);
  } catch {
    const message = limit.signal.aborted ? `no answer within ${TIMEOUT / 1_000} s` : 'the endpoint was not reached';
    return { kind: 'failed', reason: { code: 'unreachable', message } };
  } finally {
    clearTimeout(timer);
  }
}

/** All that the controller reads of one; no number, since it speaks for every pull request of the repository. */
function eventOf(repository: Repository, githubApi: string) {
  const [login, name] = repository.split('/');
  return {
    action: 'synchronize',
    repository: {
      name,
      full_name: repository,
      url: `${githubApi.replace(/\/+$/, '')}/repos/${repository}`,
      owner: { login },
    },
  };
}

/** The controller's answers: 200, 400 (signature, form or event), 405, and 503 while its queue is full. */
function judged(status: number): Called {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const reason = { code: `http-${status}`, message: meaningOf(status) };
  const passes = status >= 500 || status === 408 || status === 429;
  return passes ? { kind: 'failed', reason } : { kind: 'refused', reason };
}

function meaningOf(status: number): string {
  if (status === 400) return REFUSED;
  if (status === 503) return "the ApplicationSet controller's queue is full";
  if (status < 400) return 'the URL redirects, and is not followed: configure where it leads';
  return `the endpoint answered ${status}: refresh.url is that of the ApplicationSet controller's /api/webhook`;
}

const REFUSED =
  'it refuses the event: the secret differs from webhook.github.secret in argocd-secret (which the controller reads once, when it starts), or refresh.url leads to argocd-server and not to the ApplicationSet controller';
