/** What the rules say of a candidate; and that the command line and the check run say it in the same words. */
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { explain } from '../../cli/explain.ts';
import { parseFile } from '../../schemas/parse-file.ts';
import { inForce, OrganisationRules, PromotionRules } from '../../schemas/promotion-rules.ts';
import { Proposal } from '../../schemas/proposal.ts';
import { type Decision, decide } from '../../src/promotions/decide.ts';
import { asCheck } from '../../src/promotions/explain.ts';
import { Instant, instantOf } from '../../src/words/instant.ts';
import { ok } from '../../src/words/result.ts';
import { type Case, type Files, filesOf, NOON } from './rules/case.ts';
import { direction } from './rules/direction.ts';
import { events } from './rules/events.ts';
import { matching } from './rules/matching.ts';
import { requirements } from './rules/requirements.ts';
import { windows } from './rules/windows.ts';

const cases = [...direction, ...matching, ...events, ...requirements, ...windows].map(
  (each) => [each.name, each] as const,
);

describe('the rules decide', () => {
  it.each(cases)('%s', (_, { action, words, says = [], dueAt, ...asked }) => {
    const decision = decided({ action, words, ...asked });

    expect({ action: decision.action, words: decision.words, dueAt: decision.dueAt }).toEqual({
      action,
      words,
      dueAt: instantOf(dueAt),
    });
    expect(said(decision)).toEqual(expect.arrayContaining([...says]));
  });

  it('by what can be read alone: a person decides where the file is broken', () => {
    const broken = parseFile('version: 1\nrulez: []\n', '.github/image-promotion.yml', PromotionRules);
    if (broken.ok) throw new Error('it is broken');

    const { action, words } = decide(broken, read(filesOf(ordinary).candidate, Proposal), at(ordinary));

    expect({ action, words }).toEqual({
      action: 'manual',
      words: 'A person decides. `.github/image-promotion.yml:2: rulez: is not a key that Hawser knows`',
    });
  });
});

describe('the command line and the check run', () => {
  it.each(cases)('say the same: %s', (_, each) => {
    const files = filesOf(each);
    const { code, out } = onCommandLine(files, each);
    const { summary } = asCheck(decided(each));

    expect(code).toBe({ auto: 0, manual: 2, ignore: 3 }[each.action]);
    expect(out.map(unmarked).filter((line) => line !== '')).toEqual(
      summary
        .split('\n')
        .map(unmarked)
        .filter((line) => line !== ''),
    );
  });
});

const ordinary: Case = { name: '', rules: '', action: 'manual', words: '' };

function decided(each: Case): Decision {
  const { rules, organisation, candidate } = filesOf(each);
  const common = organisation === undefined ? undefined : read(organisation, OrganisationRules);
  return decide(ok(inForce(read(rules, PromotionRules), common)), read(candidate, Proposal), at(each));
}

function read<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> {
  const parsed = parseFile(text, 'file', schema);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
  return parsed.value;
}

function at({ at = NOON }: Case): Instant {
  return Instant.parse(Date.parse(at));
}

function said({ rules, answers }: Decision): readonly string[] {
  return [...rules.map((rule) => `rule: ${rule}`), ...answers.map(({ pass, words }) => `${pass}: ${words}`)];
}

function onCommandLine({ rules, organisation, candidate }: Files, { at = NOON }: Case) {
  const texts: Readonly<Record<string, string | undefined>> = { rules, organisation, candidate };
  const more = organisation === undefined ? [] : ['--organisation', 'organisation'];
  const args = ['--rules', 'rules', '--candidate', 'candidate', '--at', at, ...more];
  return explain(args, (path) => texts[path], undefined);
}

/** What a line says, without the marks of its medium. */
function unmarked(line: string): string {
  return line
    .replace(/^ {2}(yes|not yet|no) {2,}/, (_, pass: string) => `${pass} `)
    .replace(/^- ✅ /, 'yes ')
    .replace(/^- ⏳ /, 'not yet ')
    .replace(/^- ❌ /, 'no ')
    .replace(/^( {2}|- )/, '')
    .replace(/^\*\*(\w+)\*\*/, '$1');
}
