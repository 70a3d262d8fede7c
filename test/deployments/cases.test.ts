import { describe, expect, it } from 'vitest';
import { cases } from './cases.ts';
import { play } from './play.ts';
import { perDeployment } from './story.ts';

describe('what Argo CD says, and what GitHub gets to see for it', () => {
  it.each(cases.map((each) => [each.name, each] as const))(
    '%s',
    (_, { github, unresolved = [], failures = [], ignored = {}, ...told }) => {
      const played = play(told);

      expect(perDeployment(played.github)).toEqual(perDeployment(github));
      expect(played.ignored).toEqual(ignored);
      expect(played.unresolved).toEqual(unresolved);
      expect(played.failures).toEqual(failures);
    },
  );
});
