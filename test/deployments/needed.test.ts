/** What is loaded for a notification: every commit and image that it may turn out to speak of, each once. */
import { expect, it } from 'vitest';
import { applicationSaying, s1, s2, s3, T0 } from '../../local/application.ts';
import { neededFor } from '../../src/deployments/needed.ts';
import { pullRequestIn, slotKey } from '../../src/deployments/rollout.ts';

const digest = `sha256:${'d'.repeat(64)}`;

it('names the commits and images that were applied, asked for, seen alive and annotated', () => {
  const app = applicationSaying(
    'shop',
    {
      op: 5,
      pr: 7,
      environment: 'Preview',
      images: [`ghcr.io/acme/shop:${s1}`, `ghcr.io/acme/shop:${s1}`],
      requested: [`ghcr.io/acme/shop=ghcr.io/acme/web:${s2}`],
      summary: [`redis@${digest}`, 'postgres:17'],
      annotations: { 'github.com/sha': s3 },
    },
    1,
  );

  expect(neededFor(app)).toEqual({
    slot: '["preview",7]',
    shas: [s1, s2, '', '17', s3],
    images: ['ghcr.io/acme/shop', 'ghcr.io/acme/web', 'redis', 'postgres'],
    start: T0 + 5000,
  });
});

it('names only the place of an application that has had no operation', () => {
  const app = applicationSaying('shop', { noOperation: true }, 1);

  expect(neededFor(app)).toEqual({ slot: '["production"]', shas: [''], images: [], start: undefined });
});

it('names the live images of an application without an operation', () => {
  const app = applicationSaying('shop', { noOperation: true, summary: ['ghcr.io/acme/shop:v1'] }, 1);

  expect(neededFor(app)).toMatchObject({ shas: ['v1', ''], images: ['ghcr.io/acme/shop'] });
});

it('finds the pull request of a slot again, whatever the name of its environment', () => {
  const slots = [
    slotKey('preview', 712),
    slotKey('a,7]', undefined),
    slotKey('a,7]', 12),
    slotKey('production', undefined),
  ];

  expect(slots.map(pullRequestIn)).toEqual([712, undefined, 12, undefined]);
});
