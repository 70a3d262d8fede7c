/** The stand-in for the ApplicationSet webhook answers as Argo CD's own does, over HTTP. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApplicationSets, startApplicationSets } from '../../local/argocd/start-applicationsets.ts';

const SECRET = 'appset-secret';
const API = 'https://api.github.com';
const EVENT = JSON.stringify({
  action: 'labeled',
  repository: { name: 'shop', url: `${API}/repos/acme/shop`, owner: { login: 'acme' } },
});

let sets: ApplicationSets;
beforeAll(async () => {
  sets = await startApplicationSets({ port: 0, secret: SECRET, api: API });
});
afterAll(() => sets.close());

type Sent = {
  readonly method?: string;
  readonly event?: string | undefined;
  readonly body?: string;
  readonly signature?: string | undefined;
};

function send(sent: Sent): Promise<Response> {
  const { method = 'POST', body = EVENT } = sent;
  const event = 'event' in sent ? sent.event : 'pull_request';
  const signature = 'signature' in sent ? sent.signature : signed(body, SECRET);
  return fetch(sets.url, {
    method,
    headers: {
      ...(event === undefined ? {} : { 'x-github-event': event }),
      ...(signature === undefined ? {} : { 'x-hub-signature-256': signature }),
    },
    ...(method === 'GET' ? {} : { body }),
  });
}

const signed = (body: string, secret: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
const about = (change: object) => JSON.stringify({ ...JSON.parse(EVENT), ...change });

describe('the ApplicationSet webhook', () => {
  it.each<[string, Sent, number, number]>([
    ['an event of a pull request', {}, 200, 1],
    ['an action that it does not know', { body: about({ action: 'edited' }) }, 200, 0],
    [
      'another GitHub’s repository',
      { body: about({ repository: { name: 'shop', url: 'https://ghes/repos/acme/shop' } }) },
      200,
      0,
    ],
    ['a push', { event: 'push' }, 200, 0],
    ['no event', { event: undefined }, 400, 0],
    ['another event', { event: 'check_suite' }, 400, 0],
    ['no signature', { signature: undefined }, 400, 0],
    ['the signature of another secret', { signature: signed(EVENT, 'another') }, 400, 0],
    ['a signature in capitals', { signature: signed(EVENT, SECRET).toUpperCase() }, 400, 0],
    ['no JSON', { body: '{' }, 400, 0],
    ['other fields', { body: about({ repository: [] }) }, 400, 0],
    ['a GET', { method: 'GET' }, 405, 0],
  ])('answers %s', async (_, sent, status, refreshed) => {
    const before = sets.webhook.refreshed.length;

    expect((await send(sent)).status).toBe(status);
    expect(sets.webhook.refreshed.slice(before).map(({ repository }) => repository)).toEqual(
      Array.from({ length: refreshed }, () => 'acme/shop'),
    );
  });

  it('answers 503 while its queue is full, and discards the event', async () => {
    const before = sets.webhook.refreshed.length;
    sets.webhook.full = true;
    expect((await send({})).status).toBe(503);
    sets.webhook.full = false;

    expect(sets.webhook.refreshed).toHaveLength(before);
  });
});
