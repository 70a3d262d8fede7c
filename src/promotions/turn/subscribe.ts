/** Asks the application's ledger to tell how the environments fare that a rule wants to know of. */
import { ownerOf } from '../../words/repository.ts';
import { askedOf, MOST, type Turn, withPart } from './turn.ts';

export function subscribe(turn: Turn): Turn {
  const { repository } = turn;
  const { environment, draft, onFailure } = turn.promotion;
  const source = draft?.candidate?.source;
  if (source === undefined || ownerOf(source.repository) !== ownerOf(repository)) return turn;
  const after = askedOf(turn).flatMap(({ require }) => require.after?.environment ?? []);
  let next = turn;
  for (const of of new Set([...after, ...(onFailure === 'revert' ? [environment] : [])])) {
    const { subscribed } = next.promotion;
    const id = ['subscribe', repository, of, source.sha].join(' ');
    if (subscribed.includes(id)) continue;
    const event = { kind: 'subscribe', id, by: repository, environment: of, sha: source.sha } as const;
    const effect = { kind: 'tell', to: source.repository, event } as const;
    const owed = { lane: `tell ${source.repository} ${of} ${source.sha}`, class: 3, effect } as const;
    next = withPart({ ...next, effects: [...next.effects, owed] }, { subscribed: [...subscribed, id].slice(-MOST) });
  }
  return next;
}
