/**
 * A preview's life: what GitHub and Argo CD say, and what GitHub gets to see for it. `pull` is GitHub's word about pull
 * request #7 of branch `feat-x`, labelled `preview`, unless it says otherwise; seconds count from the start of the story.
 */

import type { Case } from '../deployments/story.ts';
import { cleanup } from './cases/cleanup.ts';
import { facts } from './cases/facts.ts';
import { heads } from './cases/heads.ts';
import { life } from './cases/life.ts';
import { order } from './cases/order.ts';
import { trust } from './cases/trust.ts';

/** An Argo CD instance that wants to be asked. */
const argocd = [
  {
    name: 'main',
    url: 'https://main.example.com',
    repositories: ['acme/*'],
    environments: ['*'],
    refresh: { mode: 'webhook', url: 'https://applicationset.example.com/api/webhook' },
  },
];

export const cases: readonly Case[] = [...life, ...heads, ...order, ...trust, ...facts, ...cleanup].map((each) => ({
  ...each,
  config: { argocd, ...each.config },
}));
