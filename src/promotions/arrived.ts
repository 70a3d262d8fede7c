/** Tells the pull request of a merged promotion of the deployment that it became, once that has succeeded. */
import type { Owed } from '../../schemas/effect.ts';
import type { Promotion } from '../../schemas/promotion.ts';
import type { EnvironmentEvent } from '../../schemas/told.ts';
import { inCode } from '../words/in-code.ts';

const MARKER = '<!-- hawser:deployed -->';

type Arrived = { readonly promotion: Promotion; readonly owed: Owed };

export function arrivedBy(promotion: Promotion, event: EnvironmentEvent): Arrived | undefined {
  if (event.state !== 'success' || event.environment !== promotion.environment) return undefined;
  const arrived = promotion.merged.findLast(({ draft, linked }) => {
    const source = draft.candidate?.source;
    return !linked && source?.sha === event.sha && source.repository === event.repository;
  });
  if (arrived === undefined) return undefined;
  const merged = promotion.merged.map((each) => (each === arrived ? { ...each, linked: true } : each));
  const { number } = arrived;
  const effect = { kind: 'write-comment', number, id: null, look: false, body: bodyFor(event) } as const;
  return { promotion: { ...promotion, merged }, owed: { lane: `comment ${number}`, class: 3, effect } };
}

/** A link without a host is one of the GitHub that shows it. GitHub makes one of the commit by itself. */
function bodyFor({ repository, environment, sha }: EnvironmentEvent): string {
  const page = `/${repository}/deployments/${encodeURIComponent(environment)}`;
  return `${MARKER}\n\n🟢 ${repository}@${sha} is [deployed](${page}) to ${inCode(environment)}.`;
}
