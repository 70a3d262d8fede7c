/**
 * What Argo CD says, and what GitHub gets to see for it. Read `story` as the notifications in the order of their
 * arrival: `op` is the second in which the sync operation started, `sha` the commit of the image it applies.
 */
import { adoption } from './cases/adoption.ts';
import { appSha } from './cases/app-sha.ts';
import { asking } from './cases/asking.ts';
import { deletion } from './cases/deletion.ts';
import { departures } from './cases/departures.ts';
import { identity } from './cases/identity.ts';
import { mapping } from './cases/mapping.ts';
import { order } from './cases/order.ts';
import { previews } from './cases/previews.ts';
import { rollouts } from './cases/rollouts.ts';
import { severalApplications } from './cases/several-applications.ts';
import { telling } from './cases/telling.ts';
import type { Case } from './story.ts';

export const cases: readonly Case[] = [
  ...mapping,
  ...rollouts,
  ...severalApplications,
  ...appSha,
  ...previews,
  ...deletion,
  ...departures,
  ...order,
  ...asking,
  ...adoption,
  ...identity,
  ...telling,
];
