/** Delivers the App's webhook: composed in order, sent at once, never sent again unless asked. */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { complete } from './complete.ts';
import type { InnerRepository } from './inner-protocol.ts';
import { readInner } from './resolve.ts';
import type { Delivery } from './state.ts';
import { type Announcement, installationOf, userOf, type World } from './world.ts';

// GitHub Docs, "Handling failed webhook deliveries": no answer within 10 seconds is a failure, and GitHub does not try again.
const patience = 10_000;

export class Webhooks {
  readonly #world: World;
  readonly #sending = new Set<Promise<void>>();
  #composing: Promise<void> = Promise.resolve();
  #epoch = new AbortController();

  constructor(world: World) {
    this.#world = world;
  }

  announce(announcement: Announcement): void {
    const { url } = this.#world.state.hook;
    const { events } = this.#world.seed.app;
    if (!url || (events && !events.includes(announcement.event))) return;
    const epoch = this.#epoch;
    const { event, action } = announcement;
    this.#composing = this.#composing.then(async () => {
      if (epoch.signal.aborted) return;
      const body = await this.#compose(announcement).catch((error: unknown) => {
        // After a reset or the end there is nobody left to ask; otherwise it is a bug here.
        if (!epoch.signal.aborted) throw error;
      });
      if (body && !epoch.signal.aborted)
        this.#send({ ...body, url, event, action, guid: randomUUID(), redelivery: false });
    });
  }

  redeliver(id: number): boolean {
    const before = this.#world.state.deliveries.find((delivery) => delivery.id === id);
    if (!before) return false;
    // The hook's address of today, the payload of then.
    this.#send({ ...before, url: this.#world.state.hook.url ?? before.url, redelivery: true });
    return true;
  }

  /** Until nothing is being composed or sent. */
  async settled(): Promise<void> {
    let composing: Promise<void>;
    do {
      composing = this.#composing;
      await composing;
      await Promise.all(this.#sending);
    } while (composing !== this.#composing || this.#sending.size > 0);
  }

  /** Lets go of what is under way. */
  abandon(): void {
    this.#epoch.abort();
    this.#epoch = new AbortController();
    this.#sending.clear();
  }

  async #compose({ payload, lookedUp, action, repository, sender }: Announcement) {
    const world = this.#world;
    const installation = repository ? installationOf(world, repository) : world.state.installations[0];
    if (!installation || (installation.suspendedAt && repository)) return undefined;
    const body = {
      ...(action === null ? {} : { action }),
      installation: { id: installation.id, node_id: nodeIdOf(installation.id) },
      ...payload,
      ...(await lookedUp),
      ...(repository ? await about(world, repository) : {}),
      ...(sender === undefined ? {} : { sender: await userOf(world, sender) }),
    };
    return {
      payload: JSON.stringify(complete(body, world.url)),
      installation: installation.id,
      repository: repository?.id ?? null,
    };
  }

  #send(
    delivery: Pick<
      Delivery,
      'guid' | 'event' | 'action' | 'installation' | 'repository' | 'redelivery' | 'url' | 'payload'
    >,
  ): void {
    const epoch = this.#epoch;
    const sending = this.#attempt(delivery, epoch.signal)
      .then((attempted) => {
        if (epoch.signal.aborted) return;
        this.#world.state.deliveries.push(attempted);
        this.#world.changed();
      })
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  async #attempt(
    delivery: Pick<
      Delivery,
      'guid' | 'event' | 'action' | 'installation' | 'repository' | 'redelivery' | 'url' | 'payload'
    >,
    signal: AbortSignal,
  ): Promise<Delivery> {
    const { state, clock, seed } = this.#world;
    const headers: Record<string, string> = {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': `GitHub-Hookshot/${createHash('sha256').update(String(seed.app.id)).digest('hex').slice(0, 7)}`,
      'x-github-delivery': delivery.guid,
      'x-github-event': delivery.event,
      'x-github-hook-id': String(seed.app.id + 100_000),
      'x-github-hook-installation-target-id': String(seed.app.id),
      'x-github-hook-installation-target-type': 'integration',
    };
    if (state.hook.secret) {
      headers['x-hub-signature-256'] =
        `sha256=${createHmac('sha256', state.hook.secret).update(delivery.payload).digest('hex')}`;
    }
    const id = state.id();
    const deliveredAt = clock.now();
    const begun = performance.now();
    const outcome = await post(delivery.url, headers, delivery.payload, signal);
    const { guid, event, action, installation, repository, redelivery, url, payload } = delivery;
    const duration = Math.round(performance.now() - begun) / 1000;
    return {
      id,
      guid,
      event,
      action,
      installation,
      repository,
      redelivery,
      url,
      payload,
      headers,
      deliveredAt,
      duration,
      ...outcome,
    };
  }
}

function nodeIdOf(installation: number): string {
  return Buffer.from(`23:IntegrationInstallation${installation}`).toString('base64');
}

async function about(world: World, repository: InnerRepository) {
  const [owner] = repository.full_name.split('/');
  const account = world.seed.accounts.find(({ login, type }) => login === owner && type === 'Organization');
  return {
    repository: await readInner(world, repository, ''),
    ...(account ? { organization: { login: account.login, url: `${world.url}/orgs/${account.login}` } } : {}),
  };
}

async function post(url: string, headers: Record<string, string>, body: string, epoch: AbortSignal) {
  const signal = AbortSignal.any([epoch, AbortSignal.timeout(patience)]);
  try {
    // GitHub does not follow a redirect: it is a failed delivery.
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const answer = { headers: Object.fromEntries(response.headers), payload: await response.text() };
    const status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`;
    return { status, status_code: response.status, answer };
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    return {
      status: late ? 'timed out' : 'failed to connect to host',
      status_code: 0,
      answer: { headers: {}, payload: '' },
    };
  }
}
