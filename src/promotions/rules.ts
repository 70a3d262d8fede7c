/** Reads the rules as they stand on the target branch, the owner's with them. */
import { type FileFault, parseFile } from '../../schemas/parse-file.ts';
import {
  type InForce,
  inForce,
  OrganisationRules,
  PromotionRules,
  RULES_FILE,
  UNREADABLE,
} from '../../schemas/promotion-rules.ts';
import { failed, ok, type Result } from '../words/result.ts';

/** The texts are kept in one row with others. What is longer is no file of rules. */
const MOST = 131_072;
const TOO_LONG = 'longer than 128 KiB';

export type Rules = Result<InForce, FileFault>;
type Texts = { readonly rules: string | null; readonly organisation: string | null };

export function rulesIn({ rules, organisation }: Texts): Rules {
  const own = rules === null ? ok(undefined) : parseFile(rules, RULES_FILE, PromotionRules);
  if (!own.ok) return own;
  const common = organisation === null ? ok(undefined) : commonIn(organisation);
  return common.ok ? ok(inForce(own.value, common.value)) : common;
}

function commonIn(text: string): Result<OrganisationRules, FileFault> {
  const file = `the organisation's ${RULES_FILE}`;
  if (text === UNREADABLE) return failed({ file, problems: [{ line: 1, path: '', message: UNREADABLE }] });
  return parseFile(text, file, OrganisationRules);
}

/** A text that is too long to be kept becomes one that can't be read, so that everything is left to people. */
export function kept({ rules, organisation }: Texts): Texts {
  const short = (text: string | null) => (text !== null && text.length > MOST ? TOO_LONG : text);
  return { rules: short(rules), organisation: short(organisation) };
}
