/** From what was told to answers that hold: the mistake in one, the flags of those that are missing. */
import { Answers, type AnswersFile } from '../../schemas/reference-set.ts';
import { Refused } from './refused.ts';

/** In the order in which they are asked. */
export const QUESTIONS = {
  org: { flag: '--org', asks: 'the organisation on GitHub', like: 'acme' },
  app: { flag: '--app', asks: 'the application, and so its repository', like: 'shop' },
  domain: { flag: '--domain', asks: 'the domain of everything but previews', like: 'acme.com' },
  previewDomain: { flag: '--preview-domain', asks: 'the zone that is for previews alone', like: 'acme-preview.dev' },
} as const;

export type Key = keyof Answers;

const KEYS = ['org', 'app', 'domain', 'previewDomain'] as const satisfies readonly Key[];

/** What was not told is not wrong. */
export function refuseWrong(told: AnswersFile): void {
  for (const key of KEYS) {
    const problem = told[key] === undefined ? undefined : problemWith(told, key);
    if (problem !== undefined) throw new Refused(`${QUESTIONS[key].flag} ${told[key]}: ${problem}`);
  }
}

export function problemWith(told: AnswersFile, key: Key): string | undefined {
  return Answers.safeParse(namesIn(told)).error?.issues.find(({ path }) => path[0] === key)?.message;
}

/** Refused lines first: there is no use in asking on. */
export function answersFrom(told: AnswersFile): Answers | undefined {
  refuseWrong(told);
  return Answers.safeParse(namesIn(told)).data;
}

export function missingFrom(told: AnswersFile): readonly Key[] {
  return KEYS.filter((key) => told[key] === undefined);
}

function namesIn(told: AnswersFile) {
  return Object.fromEntries(KEYS.map((key) => [key, told[key]]));
}
