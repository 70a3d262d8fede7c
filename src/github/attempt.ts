/** What every adapter function needs beside its effect: whom to call, for which repository, and what went before. */
import type { Instant } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';
import type { Answer } from './answer.ts';
import type { GitHub } from './client.ts';
import { type Failure, failureOf } from './outcome.ts';

export type Attempt = {
  readonly github: GitHub;
  readonly repository: Repository;
  /** The App's own id, by which what it has written is told from what others have. */
  readonly app: string;
  /** An earlier attempt may have acted: what it did is looked for first. */
  readonly look: boolean;
  /** How many attempts ended before this one. */
  readonly attempts: number;
  /** Asked when an answer is there: what GitHub says of time counts from then. */
  readonly now: () => Instant;
};

/** What is still unknown of an earlier attempt stays unknown when this one fails, however surely it failed. */
export function failed(answer: Answer, { look, attempts, now }: Attempt): Failure {
  const failure = failureOf(answer, attempts, now());
  return failure.kind === 'later' && look ? { ...failure, certain: false } : failure;
}

/** `owner/repo` as the two parameters of a route. */
export function named(repository: Repository): { readonly owner: string; readonly repo: string } {
  const slash = repository.indexOf('/');
  return { owner: repository.slice(0, slash), repo: repository.slice(slash + 1) };
}
