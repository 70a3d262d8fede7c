/** Decides what GitHub's events are to the bridge: one function for each that is handled, and a reason for all the others. */
import type { Repository } from '../src/words/repository.ts';
import type { Answer } from './answer.ts';

/** Where it belongs is told with a refusal too: the log has to say what was refused. */
export type Understood = {
  readonly kind: 'refused';
  readonly answer: Answer;
  readonly repository?: Repository;
};

type Understand = (payload: unknown) => Understood;

/** By the name that `X-GitHub-Event` gives. */
const HANDLED: ReadonlyMap<string, Understand> = new Map([['ping', () => ignored('ping')]]);

/** Undefined: the event is not handled, whatever its body says. */
export function understanding(event: string): Understand | undefined {
  return HANDLED.get(event);
}

export function ignored(why: string): Understood {
  return { kind: 'refused', answer: { kind: 'ignored', why } };
}
