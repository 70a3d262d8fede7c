/**
 * Stands in for the webhook of Argo CD's ApplicationSet controller: it judges a call as `applicationset/webhook/webhook.go`
 * of Argo CD 3.5 does, and notes which repositories it would list the pull requests of.
 */
import { createHmac } from 'node:crypto';
import * as z from 'zod';

export type WebhookCall = {
  readonly method: string;
  readonly headers: { readonly get: (name: string) => string | null };
  readonly body: string;
};

export type Refreshed = { readonly repository: string; readonly at: number };

type Options = {
  /** `webhook.github.secret` in `argocd-secret`. */
  readonly secret: string;
  /** `api` of the generators: the root of GitHub's API. */
  readonly api: string;
  readonly now?: () => number;
};

const EVENTS = new Set(['push', 'pull_request', 'ping']);
const ACTIONS = new Set(['opened', 'closed', 'synchronize', 'labeled', 'reopened', 'unlabeled']);

/** What the controller reads of a `pull_request`; it lacks nothing, since Go leaves out what is not there. */
const PullRequest = z.object({
  action: z.string().default(''),
  repository: z
    .object({
      name: z.string().default(''),
      url: z.string().default(''),
      owner: z.object({ login: z.string().default('') }).prefault({}),
    })
    .prefault({}),
});

export class ApplicationSetWebhook {
  /** Its queue of 50,000 events is full: it discards what comes. */
  full = false;
  readonly refreshed: Refreshed[] = [];
  /** What it has answered, in order. */
  readonly answers: number[] = [];
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  answer(call: WebhookCall): number {
    const status = this.#judge(call);
    this.answers.push(status);
    return status;
  }

  #judge({ method, headers, body }: WebhookCall): number {
    const event = headers.get('x-github-event') ?? '';
    if (event === '') return 400;
    if (method !== 'POST') return 405;
    if (!EVENTS.has(event) || body === '') return 400;
    if (headers.get('x-hub-signature-256') !== this.#signature(body)) return 400;
    const payload = PullRequest.safeParse(parsed(body));
    if (!payload.success) return 400;
    if (this.full) return 503;
    if (event === 'pull_request') this.#look(payload.data);
    return 200;
  }

  /** An event that concerns no generator is taken, too: 200 says nothing of that. */
  #look({ action, repository }: z.infer<typeof PullRequest>): void {
    if (!ACTIONS.has(action) || URL.parse(repository.url)?.host !== new URL(this.#options.api).host) return;
    const at = this.#options.now?.() ?? Date.now();
    this.refreshed.push({ repository: `${repository.owner.login}/${repository.name}`, at });
  }

  #signature(body: string): string {
    return `sha256=${createHmac('sha256', this.#options.secret).update(body).digest('hex')}`;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
