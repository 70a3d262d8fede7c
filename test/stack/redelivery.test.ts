/** What GitHub could not deliver while the webhook's secret was wrong comes in once it is right, over real HTTP and by the cron alone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REPOSITORY, type Stack, startStack } from '../../local/stack.ts';

let directory: string;
let stack: Stack;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hawser-redelivery-'));
  stack = await startStack({ hawserPort: 0, githubPort: 0, directory, fresh: true, log: () => undefined });
}, 60_000);

afterAll(async () => {
  await stack.close();
  await rm(directory, { recursive: true, force: true });
}, 60_000);

it('a label that GitHub told of in vain brings its queued deployment with the next tick, and once', async () => {
  const { github, hawser, webhookSecret } = stack;
  const url = `${hawser.url}/github/webhooks`;
  github.webhook({ url, secret: 'of-another-app' });
  const sha = await github.commit({ repository: REPOSITORY, branch: 'checkout' });
  const octo = github.as('octo');
  await octo('POST', `/repos/${REPOSITORY}/pulls`, { title: 'A new checkout', head: 'checkout', base: 'main' });
  await octo('POST', `/repos/${REPOSITORY}/issues/1/labels`, { labels: ['preview'] });
  await github.settled();
  expect(new Set(github.deliveries().map(({ status_code }) => status_code))).toEqual(new Set([401]));
  github.webhook({ url, secret: webhookSecret });

  await hawser.tick();
  await github.settled();

  await expect.poll(shown).toEqual([{ sha, states: ['queued'] }]);
  await hawser.tick();
  await github.settled();
  expect(shown()).toEqual([{ sha, states: ['queued'] }]);
  const { deliveries } = await told();
  expect(deliveries).toMatchObject({ missed: 0, givenUp: 0, trouble: null });
}, 30_000);

function shown() {
  return stack.github
    .deployments(REPOSITORY)
    .map(({ sha, statuses }) => ({ sha, states: statuses.map(({ state }) => state) }));
}

async function told(): Promise<{ deliveries: unknown }> {
  const headers = { authorization: `Bearer ${stack.operatorToken}` };
  const answer = await fetch(`${stack.hawser.url}/api/repositories`, { headers });
  return (await answer.json()) as { deliveries: unknown };
}
