/** Whether a rule is meant for a candidate; if not, the first reason, to follow "it". */
import type { Conditions, Scope } from '../../schemas/promotion-rules.ts';
import type { Proposal } from '../../schemas/proposal.ts';
import { fits } from '../words/glob.ts';
import { inCode } from '../words/in-code.ts';
import { matcherOf } from '../words/pattern.ts';
import { type Increment, stepOf } from './step.ts';

const STEPS = ['patch', 'minor', 'major'] as const;

export function outOfScope({ candidate }: Proposal, { environments, images }: Scope): string | undefined {
  return (
    unlike('is for the environment', environments, candidate.environment) ??
    unlike('is for the image', images, candidate.image)
  );
}

export function unmet(proposal: Proposal, conditions: Conditions): string | undefined {
  const { candidate } = proposal;
  const { tags, origins, refs, events, workflows } = conditions;
  const matches = tags === undefined ? undefined : matcherOf(tags);
  if (tags !== undefined && (candidate.tag === undefined || matches?.(candidate.tag) !== true)) {
    const tag = candidate.tag === undefined ? 'there is no tag' : `the tag is ${inCode(candidate.tag)}`;
    return `is for tags like ${inCode(tags)}, and ${tag}`;
  }
  return (
    tooFar(proposal, conditions.increment) ??
    unlike('is for what comes by', origins, candidate.origin) ??
    unlike('is for runs on', refs, candidate.run?.ref) ??
    unlike('is for runs after', events, candidate.run?.event) ??
    unlike('is for runs of', workflows, candidate.run?.workflow)
  );
}

function tooFar(proposal: Proposal, most: Conditions['increment']): string | undefined {
  if (most === 'any') return undefined;
  const step = stepOf(proposal);
  const increment: Increment | undefined = step.kind === 'newer' ? step.increment : undefined;
  const asked = `is for ${most === 'major' ? 'steps between semantic versions' : `steps up to ${inCode(most)}`}`;
  if (increment === undefined) return `${asked}, and this is no step from one semantic version to a higher one`;
  return STEPS.indexOf(increment) > STEPS.indexOf(most) ? `${asked}, and this is a ${increment} one` : undefined;
}

function unlike(asks: string, patterns: readonly string[] | undefined, value: string | undefined): string | undefined {
  if (patterns === undefined || (value !== undefined && patterns.some((pattern) => fits(pattern, value))))
    return undefined;
  const found = value === undefined ? 'there is none' : `this is ${inCode(value)}`;
  return `${asks} ${patterns.map(inCode).join(' or ')}, and ${found}`;
}
