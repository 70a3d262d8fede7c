/** GitHub's webhook, as a test sends it: signed, and shaped like GitHub's own. */
import { exports } from 'cloudflare:workers';
import { afterAll, expect, inject } from 'vitest';
import type { PullRequest } from '../../schemas/pull-request.ts';
import { github } from './stage.ts';

/** A pull request whose head and last change are those that the stage has. */
type Told = Omit<PullRequest, 'updatedAt'> & {
  readonly sha: string;
  readonly updatedAt: number;
  /** Who has put its labels on. */
  readonly by: string | undefined;
};

export async function deliver(repository: string, pull: Told, delivery: string): Promise<Response> {
  const [label] = pull.labels;
  return post('pull_request', delivery, {
    action: pull.by === undefined ? 'edited' : 'labeled',
    ...(pull.by === undefined ? {} : { label: { name: label } }),
    number: pull.number,
    pull_request: {
      number: pull.number,
      title: pull.title,
      state: pull.open ? 'open' : 'closed',
      merged_at: pull.merged ? new Date(pull.updatedAt).toISOString() : null,
      updated_at: new Date(pull.updatedAt).toISOString().replace('.000Z', 'Z'),
      head: { sha: pull.sha, ref: pull.head.ref, repo: { id: pull.head.repository } },
      base: { sha: pull.sha, ref: pull.base.ref, repo: { id: pull.base.repository } },
      labels: pull.labels.map((name) => ({ name })),
      comments: pull.comments,
    },
    repository: { full_name: repository },
    sender: { login: pull.by ?? 'octo', type: 'User' },
  });
}

/** A pull request as GitHub itself has it; octo has put its label on. */
export function tellOf(repository: string, pull: unknown, delivery: string): Promise<Response> {
  const sender = { login: 'octo', type: 'User' };
  const told = { label: { name: 'preview' }, pull_request: pull, repository: { full_name: repository }, sender };
  return post('pull_request', delivery, { action: 'labeled', ...told });
}

export function comment(repository: string, number: number, at: number, delivery: string): Promise<Response> {
  return post('issue_comment', delivery, {
    action: 'created',
    issue: { number, pull_request: {} },
    comment: { created_at: new Date(at).toISOString(), performed_via_github_app: null },
    repository: { full_name: repository },
    sender: { login: 'octo', type: 'User' },
  });
}

/** A review's event, as GitHub sends it: `said` is what tells one from another. */
export function review(repository: string, number: number, event: string, said: object): Promise<Response> {
  return post(event, crypto.randomUUID(), {
    pull_request: { number, updated_at: new Date().toISOString(), head: { ref: 'a-branch' } },
    repository: { full_name: repository },
    sender: { login: 'octo', type: 'User' },
    ...said,
  });
}

export async function post(event: string, delivery: string, payload: unknown): Promise<Response> {
  const body = JSON.stringify(payload);
  const [secret = ''] = (inject('secrets')['GITHUB_WEBHOOK_SECRET'] ?? '').split(' ');
  return exports.default.fetch('https://hawser.example.com/github/webhooks', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': delivery,
      'x-hub-signature-256': `sha256=${await signed(body, secret)}`,
    },
    body,
  });
}

async function signed(body: string, secret: string): Promise<string> {
  const bytes = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes.encode(secret), algorithm, false, ['sign']);
  const signature = await crypto.subtle.sign('HMAC', key, bytes.encode(body));
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Closed with the file that opened them: the cron of another one would find previews for them. */
const opened: { readonly repository: string; readonly number: number }[] = [];
afterAll(async () => {
  for (const { repository, number } of opened) {
    await github.as('octo')('PATCH', `/repos/${repository}/pulls/${number}`, { state: 'closed' });
  }
});

/** Opens a pull request of a branch of its own, labelled `preview`. */
export async function openPull(repository: string, branch: string): Promise<number> {
  await github.commit({ repository, branch, message: `Work on ${branch}` });
  const octo = github.as('octo');
  const answer = await octo('POST', `/repos/${repository}/pulls`, { title: branch, head: branch, base: 'main' });
  expect(answer.status).toBe(201);
  const { number } = answer.body as { readonly number: number };
  await octo('POST', `/repos/${repository}/issues/${number}/labels`, { labels: ['preview'] });
  opened.push({ repository, number });
  return number;
}
