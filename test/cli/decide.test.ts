/** What becomes of one file, case by case: `a`, `b` and `c` are contents, `-` is no file. */
import { expect, it } from 'vitest';
import { decide } from '../../cli/init/decide.ts';

const sideOf = (letter: string) => (letter === '-' ? undefined : letter);

// what was written last, what is there, what the set has, FILE.hawser-new | verdict, what is remembered
it.each([
  ['- - a -', 'new', 'a', 'there is none yet'],
  ['- a a -', 'same', 'a', 'somebody has the very same already'],
  ['- b a -', 'conflict, open', 'a', 'somebody has one of that name'],
  ['a a a -', 'same', 'a', 'nothing changed'],
  ['a a b -', 'replaced', 'b', 'only the set changed'],
  ['a b a -', 'edited', 'a', 'only the user changed it'],
  ['a b b -', 'same', 'b', 'both made the same change'],
  ['a b c -', 'conflict, open', 'c', 'both changed it'],
  ['a - a -', 'deleted', 'a', 'the user deleted it'],
  ['a - b -', 'deleted', 'a', 'the user deleted it, and the set goes on changing it'],
  ['a a - -', 'removed', '-', 'the set has it no more'],
  ['a b - -', 'left', '-', 'the set has it no more, and it was edited'],
  ['a - - -', 'deleted', '-', 'neither has it any more'],
  ['c b c c', 'edited, open', 'c', 'a conflict is not settled yet'],
  ['c b c x', 'edited, open', 'c', 'a conflict is being settled'],
  ['c c c c', 'same, open', 'c', 'the set’s was taken, and FILE.hawser-new forgotten'],
  ['b a c b', 'conflict, open', 'c', 'the set changed again, and FILE.hawser-new is as it was put there'],
  ['b a c x', 'edited, open', 'b', 'the set changed again, and FILE.hawser-new was edited'],
  ['b a c c', 'edited, open', 'c', 'the set’s lies beside it already'],
  ['- a b x', 'edited, open', '-', 'FILE.hawser-new is somebody’s own'],
  ['a a b x', 'replaced, open', 'b', 'only the set changed, and FILE.hawser-new is somebody’s own'],
  ['a b - x', 'left', '-', 'the set has it no more, and what to do about it neither'],
  ['b - c b', 'deleted, open', 'b', 'it was deleted, and FILE.hawser-new forgotten'],
])('%s is %s, remembered as %s: %s', (letters, verdict, remember, _why) => {
  const [written, present, wanted, beside] = letters.split(' ').map(sideOf);

  const decision = decide({ written, present, wanted, beside });
  expect(`${decision.verdict}${decision.open ? ', open' : ''}`).toBe(verdict);
  expect(decision.remember).toBe(sideOf(remember));
});
