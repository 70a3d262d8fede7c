/** What a person reads in `/api` of a word of which nobody can tell yet what it deploys. */
import { expect, it } from 'vitest';
import { T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import { nothingKnown } from '../../schemas/known.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { teller } from './play.ts';

function unresolved(images: readonly string[]) {
  const said = teller()({ kind: 'says', app: 'shop', word: { op: 0, images } });
  const event = { kind: 'notification', id: '1', page: 'https://argocd.example.com/', ...said } as const;
  const known = nothingKnown(Config.parse({}), Repository.parse('acme/shop'));
  const outcome = plan(event, known, Instant.parse(T0));
  if ('ignored' in outcome) throw new Error(`ignored: ${outcome.ignored}`);
  return [...outcome.known.applications.values()].map((application) => application.unresolved);
}

it('names the tags while Git is asked for their commit', () => {
  expect(unresolved(['ghcr.io/acme/shop:v1.2.3'])).toEqual([
    { seen: ['ghcr.io/acme/shop:v1.2.3'], mend: 'Git is being asked for the commit of these tags.' },
  ]);
});

it('names the images that were seen where none of them tells a commit', () => {
  const image = `ghcr.io/acme/shop@sha256:${'d'.repeat(64)}`;

  expect(unresolved([image])).toMatchObject([{ seen: [image] }]);
});
