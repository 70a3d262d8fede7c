/** The examples of docs/promotions.md are taken by the command that it names, and its lists are those of the source. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { PromotionRules } from '../../schemas/promotion-rules.ts';
import { Proposal } from '../../schemas/proposal.ts';

const text = readFileSync('docs/promotions.md', 'utf8');
const [rules = '', candidate = ''] = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);

it('has rules and a candidate that are what the schemas take', () => {
  expect(PromotionRules.safeParse(parse(rules)).error).toBeUndefined();
  expect(Proposal.safeParse(parse(candidate)).error).toBeUndefined();
});

it('names every reason for which an edit is refused, and no other', () => {
  const [, declared = ''] = /type RefusedFor =([\s\S]*?);/.exec(readFileSync('src/promotions/source.ts', 'utf8')) ?? [];
  const [, table = ''] = /\| refused for[^\n]*\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const named = table
    .split('\n')
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));

  expect(named.toSorted()).toEqual([...declared.matchAll(/'([a-z-]+)'/g)].map(([, name]) => name).toSorted());
});
