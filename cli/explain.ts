/** What the promotion rules say of a candidate, and why. Bad input is one line: a workflow's log is read in a hurry. */
import { parseArgs } from 'node:util';
import type * as z from 'zod';
import { type FileFault, inLines, parseFile } from '../schemas/parse-file.ts';
import { inForce, OrganisationRules, PromotionRules } from '../schemas/promotion-rules.ts';
import { Proposal } from '../schemas/proposal.ts';
import { type Decision, decide } from '../src/promotions/decide.ts';
import { asLines } from '../src/promotions/explain.ts';
import { type Instant, instantOf } from '../src/words/instant.ts';
import { failed, ok, type Result } from '../src/words/result.ts';

type Said = { readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] };
type ReadText = (path: string) => string | undefined;
type Asked = {
  readonly rules: string;
  readonly candidate: string;
  readonly organisation?: string;
  readonly at: Instant;
};

const CODES: Readonly<Record<Decision['action'], number>> = { auto: 0, manual: 2, ignore: 3 };

export function explain(args: readonly string[], read: ReadText, now: Instant | undefined): Said {
  const asked = understood(args, now);
  if (!asked.ok) return refused(asked.failure);
  const { rules, candidate, organisation, at } = asked.value;
  const own = parsed(rules, PromotionRules, read);
  if (!own.ok) return refused(own.failure);
  const common = organisation === undefined ? ok(undefined) : parsed(organisation, OrganisationRules, read);
  if (!common.ok) return refused(common.failure);
  const proposal = parsed(candidate, Proposal, read);
  if (!proposal.ok) return refused(proposal.failure);

  const decision = decide(ok(inForce(own.value, common.value)), proposal.value, at);
  return { code: CODES[decision.action], out: asLines(decision), err: [] };
}

function understood(args: readonly string[], now: Instant | undefined): Result<Asked, string> {
  const option = { type: 'string' } as const;
  const options = { rules: option, candidate: option, organisation: option, at: option };
  try {
    const { rules, candidate, organisation, at } = parseArgs({ args: [...args], options }).values;
    if (rules === undefined || candidate === undefined) {
      return failed(`--${rules === undefined ? 'rules' : 'candidate'} FILE is missing`);
    }
    const instant = at === undefined ? now : instantOf(at);
    if (instant === undefined) return failed(`--at ${at}: is no time; one is 2026-11-25T09:00:00Z`);
    return ok({ rules, candidate, at: instant, ...(organisation === undefined ? {} : { organisation }) });
  } catch (error) {
    return failed(error instanceof Error ? (error.message.split(/[.\n]/)[0] ?? '') : String(error));
  }
}

function parsed<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  read: ReadText,
): Result<z.output<Schema>, string> {
  const text = read(path);
  if (text === undefined) return failed(`${path}: there is no such file, or it cannot be read`);
  const value = parseFile(text, path, schema);
  return value.ok ? value : failed(inOneLine(value.failure));
}

function inOneLine(fault: FileFault): string {
  const [first = '', ...others] = inLines(fault);
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}

function refused(line: string): Said {
  return { code: 1, out: [], err: [line] };
}
