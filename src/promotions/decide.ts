/**
 * Asks the rules: may Hawser merge this by itself, is it left to a person, or is it not proposed at all? Whatever can't be
 * told is left to a person.
 */
import { type FileFault, inLines } from '../../schemas/parse-file.ts';
import type { Enforced, InForce, Rule } from '../../schemas/promotion-rules.ts';
import type { Proposal } from '../../schemas/proposal.ts';
import { inCode } from '../words/in-code.ts';
import { type Instant, inMinutes } from '../words/instant.ts';
import type { Result } from '../words/result.ts';
import { type Answer, type Finding, no, yes } from './answer.ts';
import { outOfScope, unmet } from './fitting.ts';
import { gatesOf } from './gates.ts';
import { nextOpening } from './opening.ts';
import { standingOf } from './standing.ts';

export type Decision = {
  readonly action: 'auto' | 'manual' | 'ignore';
  /** The number of the rule that decides, in the file's order from 1; undefined: none is meant for it. */
  readonly rule: number | undefined;
  /** The decision in a sentence, and each rule in one: passed over or deciding. */
  readonly words: string;
  readonly rules: readonly string[];
  readonly answers: readonly Answer[];
  /** When to ask again if nothing happens before. */
  readonly dueAt: Instant | undefined;
};

/** Nothing stands against a merge, as far as is known. */
export function isReady(decision: Decision | undefined): boolean {
  return decision?.action === 'auto' && decision.answers.every(({ pass }) => pass === 'yes');
}

export function decide(read: Result<InForce, FileFault>, proposal: Proposal, now: Instant): Decision {
  if (!read.ok) {
    const answers = inLines(read.failure).map((line) => no('rules', inCode(line)));
    return concluded({ asked: 'manual', answers, rules: [], rule: undefined, dueAt: undefined });
  }
  const { enabled, rules, pr, enforced } = read.value;
  const { passedOver, rule, deciding } = firstFitting(rules, proposal);
  const scoped = enforced.filter(({ match }) => outOfScope(proposal, match) === undefined);
  const gates = [...(rule === undefined ? [] : [withDefaults(rule)]), ...scoped];
  const answers = [
    ...(enabled ? [] : [no('enabled', 'Promotions are switched off by `enabled: false`.', 'ignore')]),
    ...standingOf(proposal),
    ...scoped.flatMap((each) => capped(each, proposal)),
    ...(rule === undefined || rule.action === 'ignore' ? [] : gates.flatMap((each) => gatesOf(each, proposal, now))),
    ...held(pr.hold, proposal),
  ];
  return concluded({
    asked: rule?.action ?? 'manual',
    answers,
    rules: [...passedOver, ...(deciding === undefined ? [] : [deciding])],
    rule: deciding === undefined ? undefined : passedOver.length + 1,
    dueAt: dueAt(answers, gates, now),
  });
}

function firstFitting(rules: readonly Rule[], proposal: Proposal) {
  const passedOver: string[] = [];
  for (const rule of rules) {
    const reason = outOfScope(proposal, rule.match) ?? unmet(proposal, rule.match);
    const name = `Rule ${passedOver.length + 1}`;
    if (reason === undefined) return { passedOver, rule, deciding: `${name} decides: ${inCode(rule.action)}.` };
    passedOver.push(`${name} ${reason}.`);
  }
  return { passedOver, rule: undefined, deciding: undefined };
}

function withDefaults(rule: Rule): Rule {
  return { ...rule, require: { ...rule.require, onDefaultBranch: rule.require.onDefaultBranch ?? true } };
}

function capped({ action, only }: Enforced, proposal: Proposal): readonly Finding[] {
  const what = 'organisation';
  const reason = unmet(proposal, only);
  const or = action === 'ignore' ? action : undefined;
  const cap = action === 'auto' ? [] : [no(what, `The organisation's rules say ${inCode(action)}.`, or)];
  const limit = reason === undefined ? [] : [no(what, `The organisation's rule ${reason}.`)];
  const found = [...cap, ...limit];
  return found.length > 0 ? found : [yes(what, "The organisation's rules allow it.")];
}

function held(label: string, { facts }: Proposal): readonly Finding[] {
  return facts.labels.includes(label) ? [no('no hold', `The label ${inCode(label)} holds it.`)] : [];
}

/** What time alone brings; of all windows at once. */
function dueAt(answers: readonly Finding[], gates: readonly Pick<Rule, 'window'>[], now: Instant): Instant | undefined {
  const waits = answers.flatMap(({ at }) => (at === undefined ? [] : [at]));
  let due: Instant | undefined = waits.reduce((latest, at) => (at > latest ? at : latest), now);
  for (let look = 0; look < 10; look += 1) {
    const before: Instant | undefined = due;
    for (const { window } of gates) if (window !== undefined && due !== undefined) due = nextOpening(window, due);
    if (due === before) break;
  }
  return due === undefined || due <= now ? undefined : due;
}

type Asked = {
  readonly asked: Decision['action'];
  readonly answers: readonly Finding[];
  readonly rules: readonly string[];
  readonly rule: number | undefined;
  readonly dueAt: Instant | undefined;
};

function concluded({ asked, answers, rules, rule, dueAt }: Asked): Decision {
  const against =
    answers.find(({ pass, or }) => pass === 'no' && or === 'ignore') ?? answers.find(({ pass }) => pass === 'no');
  const action = asked === 'ignore' || against?.or === 'ignore' ? 'ignore' : against === undefined ? asked : 'manual';
  const shown = answers.map(({ what, pass, words }) => ({ what, pass, words }));
  const due = action === 'auto' ? dueAt : undefined;
  const waits = answers.some(({ pass }) => pass === 'not yet');
  return {
    action,
    rule,
    words: sentence(action, rule, asked === 'ignore' && against?.or !== 'ignore' ? undefined : against, waits, due),
    rules,
    answers: shown,
    dueAt: due,
  };
}

function sentence(
  action: Decision['action'],
  rule: number | undefined,
  against: Finding | undefined,
  waits: boolean,
  due: Instant | undefined,
): string {
  const because = against?.words ?? (rule === undefined ? 'No rule is meant for it.' : `Rule ${rule} says so.`);
  switch (action) {
    case 'ignore':
      return `It is not proposed. ${because}`;
    case 'manual':
      return `A person decides. ${because}`;
    case 'auto': {
      if (!waits) return `Hawser merges it now, by rule ${rule}.`;
      const time = due === undefined ? '' : `, not before ${inMinutes(due)}`;
      return `Hawser merges it by rule ${rule} as soon as nothing is missing${time}.`;
    }
  }
}
