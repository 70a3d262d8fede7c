/** What it costs to find previews stale, and to remove them: counted in calls. */
import { expect, it } from 'vitest';
import { s1 } from '../../local/application.ts';
import { play } from '../deployments/play.ts';
import { pull, type Step, until } from '../deployments/story.ts';

const PREVIEWS = 100;
const config = { previews: { sweep: 'remove', staleAfter: '1h', warnBefore: '30m' } } as const;

it('a hundred stale previews are found by one look, and each is removed by three writes', { timeout: 60_000 }, () => {
  const opened = Array.from(
    { length: PREVIEWS },
    (_, index): Step => pull({ sha: s1, number: index + 1, branch: `branch-${index}` }, 1),
  );
  const before = play({ config, story: [...opened, until(7_000)] }).github.length;

  const { github, known } = play({
    config,
    story: [...opened, until(7_000), { kind: 'sweep', at: 7_200 }, { kind: 'removal', at: 7_500 }, until(8_000)],
  });

  const made = github.slice(before).filter((call) => !call.startsWith('refresh'));
  const counted = Object.groupBy(made, (call) => call.replace(/^#\d+ /, '').split(' ')[0] ?? '');
  expect(Object.fromEntries(Object.entries(counted).map(([kind, calls]) => [kind, calls?.length]))).toEqual({
    list: 1,
    unlabel: PREVIEWS,
    inactive: PREVIEWS,
    comment: PREVIEWS,
  });
  expect([...known.previews.values()].filter(({ stage }) => stage.kind === 'live')).toEqual([]);
});
