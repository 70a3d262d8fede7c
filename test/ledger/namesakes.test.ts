/** Two previews of one slug in a ledger: what Argo CD says of one of them changes the other's name, and nothing else of it. */
import { expect, it } from 'vitest';
import { applicationSaying, s1, s2, T0, type Word } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Effect } from '../../schemas/effect.ts';
import { Books } from '../../src/ledger/books.ts';
import { migrate } from '../../src/ledger/tables.ts';
import { Wakeup } from '../../src/ledger/wakeup.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { pullOf } from '../deployments/play.ts';
import type { Look } from '../deployments/story.ts';
import { NodeStorage } from './node-storage.ts';

const NOW = Instant.parse(T0 + 20_000);
const config = Config.parse({
  previews: { url: 'https://{slug}.example.dev' },
  argocd: [{ name: 'main', repositories: ['acme/*'], environments: ['*'] }],
});
const preview = { environment: 'preview', phase: 'Succeeded', health: 'Healthy' } as const;

it('a slug that Argo CD tells of one moves the other, with its links, and leaves it its applications', () => {
  const { hear, say, comment, statuses } = books();
  hear({ number: 7, branch: 'feat-x', sha: s1 }, 1);
  hear({ number: 8, branch: 'feat-y', sha: s2 }, 2);
  say('shop-8', { ...preview, pr: 8, op: 5, sha: s2 }, 1);
  expect(comment(8)).toContain('[`feat-y.example.dev`](https://feat-y.example.dev/)');
  expect(comment(8)).toContain('`shop-8`');

  say('shop-7', { ...preview, pr: 7, op: 6, sha: s1, annotations: { 'github.com/branch-slug': 'feat-y' } }, 1);

  expect(comment(7)).toContain('(https://feat-y.example.dev/)');
  expect(comment(8)).toContain('(https://pr-8-shop.example.dev/)');
  expect(comment(8)).toContain('`shop-8`');
  expect(comment(8)).not.toContain('](https://feat-y.example.dev/)');
  expect(statuses()).toContainEqual([8, 'https://pr-8-shop.example.dev/']);
});

function books() {
  const SHOP = Repository.parse('acme/shop');
  const storage = new NodeStorage(() => {});
  migrate(storage);
  const wakeup = new Wakeup(storage, () => undefined);
  const made = new Books(
    storage,
    wakeup,
    () => config,
    () => ({ own: SHOP, present: SHOP }),
    () => NOW,
  );
  const later = (): readonly Effect[] => made.outbox.ready(Instant.parse(NOW + 60_000), 99).map(({ effect }) => effect);
  return {
    hear: (look: Look, second: number) => {
      const id = `look ${look.number}`;
      const labelled = { login: 'octo', labels: ['preview'] };
      made.enter({ kind: 'pull-request', id, pull: pullOf(look, second), labelled }, id);
    },
    say: (name: string, word: Word, generation: number) => {
      const id = `${name} ${generation}`;
      const app = applicationSaying(name, word, generation);
      made.enter({ kind: 'notification', id, instance: 'main', page: undefined, app }, id);
    },
    comment: (number: number): string =>
      later().flatMap((effect) =>
        effect.kind === 'write-comment' && effect.number === number ? [effect.body] : [],
      )[0] ?? '',
    statuses: () => made.view().deployments.map(({ pr, wanted }) => [pr, wanted?.environmentUrl]),
  };
}
