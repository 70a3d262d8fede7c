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

/** So many wait to be judged at most: a soak exchanges more than memory holds. */
const MOST_WAITING = 1000;

/** Judged when it is asked: compiling a schema must not hold up the call that met it first. */
export function observer(sender: Sender): Observer {
  const seen: Exchange[] = [];
  const found = new Set<string>();
  function judge(): void {
    for (const exchange of seen.splice(0)) for (const each of complaintsOf(exchange, sender)) found.add(each);
  }
  return keep({
    see(exchange) {
      seen.push(exchange);
      if (seen.length >= MOST_WAITING) judge();
    },
    complaints() {
      judge();
      const told = [...found];
      found.clear();
      return told;
    },
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
