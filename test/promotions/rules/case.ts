/** A question to the rules as two files that people write, and what comes of it. */
import { parse, stringify } from 'yaml';

type Given = Readonly<Record<string, unknown>>;
export type Case = {
  readonly name: string;
  /** YAML of `.github/image-promotion.yml`, without `version`. */
  readonly rules: string;
  /** YAML of the organisation's file, without `version`. */
  readonly organisation?: string;
  /** What is otherwise than in `ORDINARY`; undefined takes a key out. */
  readonly candidate?: Given;
  readonly present?: Given;
  readonly facts?: Given;
  readonly at?: string;
  readonly action: 'auto' | 'manual' | 'ignore';
  /** The decision's sentence. */
  readonly words: string;
  /** Sentences that have to be among the rules and answers, each as `yes: …`, `not yet: …`, `no: …` or `rule: …`. */
  readonly says?: readonly string[];
  readonly dueAt?: string;
};

export const S1 = '1'.repeat(40);
export const S2 = '2'.repeat(40);
export const D1 = `sha256:${'1'.repeat(64)}`;
export const D2 = `sha256:${'2'.repeat(64)}`;

/** A Wednesday, and half past eleven in Berlin. */
export const NOON = '2026-11-25T10:30:00Z';

const ORDINARY = {
  candidate: {
    environment: 'production',
    image: 'ghcr.io/acme/shop',
    tag: 'v1.5.0',
    source: { repository: 'acme/shop', sha: S1 },
    origin: 'publisher',
    firstSeen: '2026-11-25T08:00:00Z',
  },
  present: { tag: 'v1.4.2' },
  facts: { onDefaultBranch: true },
};

export type Files = { readonly rules: string; readonly organisation: string | undefined; readonly candidate: string };

export function filesOf({ rules, organisation, candidate, present, facts }: Case): Files {
  const proposal = {
    candidate: { ...ORDINARY.candidate, ...candidate },
    present: present ?? ORDINARY.present,
    facts: { ...ORDINARY.facts, ...facts },
  };
  return {
    rules: `version: 1\n${rules}`,
    organisation: organisation === undefined ? undefined : `version: 1\n${organisation}`,
    // What is undefined isn't written.
    candidate: stringify(parse(JSON.stringify(proposal))),
  };
}
