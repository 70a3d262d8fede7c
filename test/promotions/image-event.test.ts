/** Which word of an image is a repeat, and which teaches something. */
import { expect, it } from 'vitest';
import { imageEvent } from '../../functions/image-event.ts';
import { Candidate } from '../../schemas/candidate.ts';
import { Repository } from '../../src/words/repository.ts';

const SHA = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';
const OTHER = '0e2a89b191332bb87b4f2fefef2f597eba2197b3';
const RUN = { ref: 'refs/heads/main', event: 'push', workflow: 'acme/shop/.github/workflows/ci.yml@refs/heads/main' };
const SAID = {
  image: 'ghcr.io/acme/shop',
  tag: 'v1.2.3',
  digest: `sha256:${'89160c58'.repeat(8)}`,
  source: { repository: 'acme/shop', sha: SHA },
  origin: 'oidc',
  run: RUN,
  environment: 'production',
  firstSeen: 1_795_000_000_000,
};

it.each<[string, object, string?]>([
  ['another tag of the digest', { tag: 'v1' }],
  ['a digest without the tag', { tag: undefined }],
  ['the tag without its digest', { digest: undefined }],
  ['the tag, pushed again', { digest: `sha256:${'0'.repeat(64)}` }],
  ['a commit for what had none', { source: undefined }],
  ['another commit', { source: { repository: 'acme/shop', sha: OTHER } }],
  ['the commit of another repository', { source: { repository: 'acme/mono', sha: SHA } }],
  ['word of the registry, which rules may ask for', { origin: 'package', run: undefined }],
  ['word of a publisher', { origin: 'publisher', run: undefined }],
  ['a run on another ref', { run: { ...RUN, ref: 'refs/tags/v1.2.3' } }],
  ['a run after another event', { run: { ...RUN, event: 'release' } }],
  [
    'a run of another workflow',
    { run: { ...RUN, workflow: 'acme/shop/.github/workflows/release.yml@refs/heads/main' } },
  ],
  ['another environment', { environment: 'sandbox' }],
  ['every environment', { environment: undefined }],
  ['another image', { image: 'ghcr.io/acme/shop/api' }],
  ['another deployment repository', {}, 'acme/gitops'],
])('%s is another event', (_, changed, deployment) => {
  expect(idOf(changed, deployment)).not.toBe(idOf({}));
});

it.each<[string, object, string?]>([
  ['said again later', { firstSeen: 1_795_000_060_000 }],
  ['said in another order', Object.fromEntries(Object.entries(SAID).reverse())],
  [
    'with names in other cases, which are one to GitHub',
    { source: { repository: 'Acme/Shop', sha: SHA.toUpperCase() } },
  ],
])('the same is the same event: %s', (_, changed) => {
  expect(idOf(changed)).toBe(idOf({}));
});

function idOf(changed: object, deployment = 'acme/shop-deployment'): string {
  return imageEvent(Repository.parse(deployment), Candidate.parse({ ...SAID, ...changed })).id;
}
