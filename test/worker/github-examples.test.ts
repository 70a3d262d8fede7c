/** Every example payload that GitHub's users know, and every event and action that GitHub describes, delivered as GitHub would. */

import { exports } from 'cloudflare:workers';
import { createHmac } from 'node:crypto';
import cloud from '@octokit/webhooks-examples';
import server31 from '@octokit/webhooks-examples/ghes-31/index.json';
import server32 from '@octokit/webhooks-examples/ghes-32/index.json';
import server33 from '@octokit/webhooks-examples/ghes-33/index.json';
import server34 from '@octokit/webhooks-examples/ghes-34/index.json';
import server35 from '@octokit/webhooks-examples/ghes-35/index.json';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';

type Definition = { readonly name: string; readonly examples: readonly unknown[] };

const CATALOGUES: Readonly<Record<string, readonly Definition[]>> = {
  'github.com': cloud,
  'Enterprise Server 3.1': server31,
  'Enterprise Server 3.2': server32,
  'Enterprise Server 3.3': server33,
  'Enterprise Server 3.4': server34,
  'Enterprise Server 3.5': server35,
};

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(Object.entries(CATALOGUES))('the examples of %s', (_, definitions) => {
  it.each(definitions.map(({ name, examples }) => [name, examples] as const))(
    'are answered with a reason: %s',
    async (name, examples) => {
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) await expectAnswered(name, example);
    },
  );
});

describe("what GitHub's own description lists", () => {
  const described = inject('describedWebhooks');

  it('is more than the examples show', () => {
    expect(described.length).toBeGreaterThan(200);
  });

  it.each(described)('is answered with a reason: $event $action', async ({ event, action }) => {
    // Of events that are not handled not one field is needed: GitHub sends none like it, and it is no reason to fail.
    await expectAnswered(event, { ...exampleOf(event), ...(action === undefined ? {} : { action }) });
  });
});

function exampleOf(event: string): object {
  const example = cloud.find(({ name }) => name === event)?.examples[0];
  return typeof example === 'object' && example !== null ? example : {};
}

/** Taken, or ignored with a reason: there is no third answer to what GitHub sends. */
async function expectAnswered(event: string, payload: unknown): Promise<void> {
  const { status, body } = await deliver(event, JSON.stringify(payload));
  expect([
    { status: 202, body: { event: expect.any(String), duplicate: false } },
    { status: 200, body: { ignored: expect.stringMatching(/./) } },
  ]).toContainEqual({ status, body });
}

async function deliver(event: string, body: string) {
  const [secret = ''] = (inject('secrets').GITHUB_WEBHOOK_SECRET ?? '').split(' ');
  const response = await exports.default.fetch('https://hawser.test/github/webhooks', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': crypto.randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  });
  return { status: response.status, body: await response.json() };
}
