/** Holds every exchange with the emulated GitHub against GitHub's description; a run in which one departs from it is red. */
import type { Exchange, Observer } from '../../local/github/exchange.ts';
import { type GitHub, type GitHubOptions, startGitHub } from '../../local/github/start-github.ts';
import { keep } from './complaints.ts';
import { answerViolations, requestViolations } from './violations.ts';

/**
 * `hawser` may send nothing that the description does not know. A `client` that tries GitHub out may, as long as GitHub
 * refuses it: what is taken must be described all the same.
 */
export type Sender = 'hawser' | 'client';

/** Judged when it is asked: compiling a schema must not hold up the call that met it first. */
export function observer(sender: Sender): Observer {
  const seen: Exchange[] = [];
  return keep({
    see: (exchange) => void seen.push(exchange),
    complaints: () => [...new Set(seen.splice(0).flatMap((exchange) => complaintsOf(exchange, sender)))],
  });
}

function complaintsOf(exchange: Exchange, sender: Sender): readonly string[] {
  const refused = (exchange.answer?.status ?? 400) >= 400;
  const asked = sender === 'client' && refused ? [] : requestViolations(exchange);
  return [...asked, ...answerViolations(exchange)];
}

export async function startObservedGitHub(sender: Sender, options: GitHubOptions): Promise<GitHub> {
  return startGitHub({ ...options, observer: observer(sender) });
}
