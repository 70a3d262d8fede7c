/** What a promotion's pull request says of itself. What others wrote stands in it as code. */
import type { Pin } from '../../schemas/candidate.ts';
import type { Draft, Promotion } from '../../schemas/promotion.ts';
import { inCode } from '../words/in-code.ts';
import { short } from '../words/sha.ts';
import { clipped } from '../words/text.ts';
import type { Decision } from './decide.ts';

const MARKER = '<!-- hawser:promotion -->';

export function titleOf({ pin, reverts }: Draft, { environment, image }: Promotion): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  const to = `${name} ${shown(pin)}`;
  return clipped(reverts === null ? `Promote ${to} to ${environment}` : `Take ${environment} back to ${to}`, 200);
}

/** It says nothing that time alone changes: that is the check run's part. `base` makes each build another text. */
export function bodyOf(draft: Draft, { environment, image }: Promotion, decision: Decision): string {
  const { from, to, reverts, base } = draft;
  const files = draft.files.map(({ path }) => inCode(path)).join(', ');
  return [
    MARKER,
    reverts === null
      ? `${inCode(image)} in ${inCode(environment)}: ${inCode(full(from))} → ${inCode(full(to))}.`
      : `${inCode(environment)} has failed with what #${reverts} brought. This takes ${inCode(image)} back: ${inCode(full(from))} → ${inCode(full(to))}. A person decides.`,
    ...rangeOf(draft),
    `It changes the pin in ${files}, and nothing else, on ${short(base)}.`,
    ...(reverts === null ? rulesFor(decision) : []),
    'Closing it without merging it rejects this image here. The check run `hawser/promotion` shows how it stands.',
  ].join('\n\n');
}

function full({ tag, digest }: Pin): string {
  return [tag ?? [], digest ?? []].flat().join('@') || 'nothing';
}

function shown({ tag, digest }: Pin): string {
  return tag ?? digest?.slice(0, 'sha256:'.length + 12) ?? '';
}

/** GitHub makes links of these by itself, on whatever host it runs. */
function rangeOf({ candidate, fromSha }: Draft): readonly string[] {
  const source = candidate?.source;
  if (source === undefined) return [];
  const { repository, sha } = source;
  const range = fromSha === null || fromSha === sha ? '' : `, the changes since: ${repository}@${fromSha}...${sha}`;
  return [`Built from ${repository}@${sha}${range}.`];
}

const GATES = /^(?:default branch|check .*|approvals|team .*|age|after .*|a day|interval|window|freeze)$/;

function rulesFor({ rule, rules, answers }: Decision): readonly string[] {
  const awaited = answers.filter(({ what }) => GATES.test(what)).map(({ what }) => `- ${inCode(what)}`);
  return [
    ...(rules.length === 0
      ? ['No rule is meant for it, so a person decides.']
      : [rules.map((each) => `- ${each}`).join('\n')]),
    ...(rule === undefined || awaited.length === 0 ? [] : [`Rule ${rule} asks for:\n\n${awaited.join('\n')}`]),
  ];
}
