/** Closes Image Updater's own pull requests, with a link, once ours stand for all that they bring. */
import type { Owed } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import { sameImage } from '../words/image.ts';
import { agrees } from './targets.ts';

/** They are over as well where the base has it by a merge of ours. */
export function withoutUpdaters(known: Known): { readonly known: Known; readonly effects: readonly Owed[] } {
  const isOver = ({ candidates, number }: Known['desk']['updaters'][number]) =>
    number !== null &&
    candidates !== null &&
    candidates.length > 0 &&
    candidates.every((candidate) => successorsOf(candidate, known).length > 0);
  const over = known.desk.updaters.filter(isOver);
  if (over.length === 0) return { known, effects: [] };
  const effects = over.flatMap(({ number, candidates }): readonly Owed[] => {
    if (number === null) return [];
    const ours = (candidates ?? []).flatMap((candidate) => successorsOf(candidate, known));
    const links = [...new Set(ours)].map((each) => `#${each}`).join(', ');
    const comment = `Hawser promotes this by the rules of this repository: ${links}.`;
    return [{ lane: `close ${number}`, class: 3, effect: { kind: 'close-pull', number, comment, deleteBranch: null } }];
  });
  const updaters = known.desk.updaters.filter((each) => !over.includes(each));
  return { known: { ...known, desk: { ...known.desk, updaters } }, effects };
}

function successorsOf(candidate: { image: string; environment?: string | undefined }, { promotions }: Known) {
  return [...promotions.values()]
    .filter(
      ({ image, environment }) =>
        sameImage(image, candidate.image) &&
        (candidate.environment === undefined || environment === candidate.environment),
    )
    .flatMap(({ pull, merged, present }) => {
      if (pull !== null) return [pull.number];
      return merged.filter(({ draft }) => agrees(draft.to, present)).map(({ number }) => number);
    });
}
