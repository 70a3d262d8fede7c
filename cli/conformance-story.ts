/** The demo's story with Argo CD's own ApplicationSet webhook at its end: what Hawser's refresh calls bring about there. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { Player } from '../local/play.ts';
import { REPOSITORY, type Stack, startStack } from '../local/stack.ts';
import { ending, scenes } from '../local/story.ts';
import { differing, type Failures } from './failures.ts';
import { startGoCommand } from './go-command.ts';

const SECRET = 'the-secret-of-the-webhook';

/** Those of `conformance/applicationsets/sets.yaml` that are about acme/shop on this GitHub. */
const MARKED = ['shop', 'shop-among-others', 'shop-written-otherwise', 'whole-organisation'];

const Told = z.union([
  z.object({ url: z.string() }),
  z.object({ answered: z.number() }),
  z.object({ marked: z.string() }),
]);
const Refreshes = z.object({ refreshes: z.array(z.object({ reason: z.object({ code: z.string() }).nullable() })) });

export const stories: Readonly<Record<string, (directory: string) => Promise<Failures>>> = {
  "the demo's story, told to Argo CD's ApplicationSet webhook": (directory) =>
    withWebhook(directory, SECRET, async (stack, webhook) => {
      const player = new Player(stack, () => {});
      for (const scene of scenes) await player.scene(scene);
      const shown = stack.github
        .deployments(REPOSITORY)
        .map(({ environment, sha, statuses }) => [environment, sha, statuses.at(-1)?.state]);
      const wanted = ending.map(([environment, letter, state]) => [environment, player.commits.get(letter), state]);
      // The label, the push and the merge, of which those within 10 s share a call: one at once, and one for the rest.
      await webhook.until(() => webhook.answers.length >= 2 && webhook.marked.length >= MARKED.length * 2);
      return [
        ...differing('what GitHub shows', shown, wanted),
        ...differing('the answers', [...new Set(webhook.answers)], [200]),
        ...differing('the marked sets', [...new Set(webhook.marked)].sort(), MARKED),
        ...differing('how often each was marked', webhook.marked.length, webhook.answers.length * MARKED.length),
      ];
    }),
  'with another secret, Argo CD refuses the refresh calls, marks nothing, and Hawser says why': (directory) =>
    withWebhook(directory, `${SECRET}-of-another`, async (stack, webhook) => {
      const beats = (scenes[0]?.beats ?? []).slice(0, 3);
      await new Player(stack, () => {}).scene({ title: 'A pull request is labelled', beats });
      await webhook.until(() => webhook.answers.length >= 1);
      const codes = await reasons(stack);
      return [
        ...differing('the answers', [...new Set(webhook.answers)], [400]),
        ...differing('the marked sets', webhook.marked, []),
        ...differing('the reasons', codes, ['http-400']),
      ];
    }),
};

async function withWebhook(
  directory: string,
  secret: string,
  play: (stack: Stack, webhook: Webhook) => Promise<Failures>,
): Promise<Failures> {
  const webhook = await listen(directory);
  try {
    const stack = await startStack({
      hawserPort: 0,
      githubPort: 0,
      directory: await mkdtemp(join(directory, 'story-')),
      fresh: false,
      deployments: { settle: '2s', degradedAfter: '2s' },
      applicationSets: { url: webhook.url, secret },
      log: () => {},
    });
    try {
      return await play(stack, webhook);
    } finally {
      await stack.close();
    }
  } finally {
    await webhook.close();
  }
}

type Webhook = Awaited<ReturnType<typeof listen>>;

/** The Go command that listens as the ApplicationSet controller does. Its sets are on this GitHub, whatever its port. */
async function listen(directory: string) {
  const env = { WEBHOOK_SECRET: SECRET, PORT: '0', GITHUB_API_URL: 'http://127.0.0.1/' };
  const command = await startGoCommand('applicationset-webhook', directory, env, Told);
  return {
    url: await command.first((told) => ('url' in told ? told.url : undefined)),
    get answers(): readonly number[] {
      return command.told.flatMap((told) => ('answered' in told ? [told.answered] : []));
    },
    get marked(): readonly string[] {
      return command.told.flatMap((told) => ('marked' in told ? [told.marked] : []));
    },
    until: command.until,
    close: command.close,
  };
}

async function reasons({ hawser, operatorToken }: Stack): Promise<readonly (string | undefined)[]> {
  const response = await fetch(`${hawser.url}/api/repositories`, {
    headers: { authorization: `Bearer ${operatorToken}` },
  });
  return Refreshes.parse(await response.json()).refreshes.map(({ reason }) => reason?.code);
}
