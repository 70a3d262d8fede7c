/** Clocks, versions and YAML are read in workerd as in Node: `Intl` knows the zones there, and its stack is another one. */
import { expect, it } from 'vitest';
import { parseFile } from '../../schemas/parse-file.ts';
import { inForce, OrganisationRules, PromotionRules } from '../../schemas/promotion-rules.ts';
import { Proposal } from '../../schemas/proposal.ts';
import { decide } from '../../src/promotions/decide.ts';
import { pinImage } from '../../src/promotions/pin.ts';
import { instantOf } from '../../src/words/instant.ts';
import { ok } from '../../src/words/result.ts';
import { filesOf, NOON } from '../promotions/rules/case.ts';
import { direction } from '../promotions/rules/direction.ts';
import { windows } from '../promotions/rules/windows.ts';

it.each([...windows, ...direction].map((each) => [each.name, each] as const))('%s', (_, each) => {
  const { rules, organisation, candidate } = filesOf(each);
  const own = parseFile(rules, 'rules', PromotionRules);
  const common = parseFile(organisation ?? 'version: 1', 'organisation', OrganisationRules);
  const proposal = parseFile(candidate, 'candidate', Proposal);
  const now = instantOf(each.at ?? NOON);
  if (!own.ok || !common.ok || !proposal.ok || now === undefined) throw new Error('the case is broken');

  const { action, words, dueAt } = decide(ok(inForce(own.value, common.value)), proposal.value, now);

  expect({ action, words, dueAt }).toEqual({ action: each.action, words: each.words, dueAt: instantOf(each.dueAt) });
});

it('a file that is nested deeper than any stack is refused', () => {
  const edit = pinImage('['.repeat(100_000), { format: 'kustomize', image: 'x' }, { tag: 'v1', digest: undefined });

  expect(edit).toMatchObject({ ok: false, failure: { reason: 'not-yaml', line: 1 } });
});
