import { describe, expect, it } from 'vitest';
import { play } from '../deployments/play.ts';
import { perDeployment } from '../deployments/story.ts';
import { cases } from './cases.ts';

describe('what GitHub and Argo CD say of a preview, and what GitHub gets to see for it', () => {
  it.each(cases.map((each) => [each.name, each] as const))(
    '%s',
    (_, { github, failures = [], ignored = {}, ...told }) => {
      const played = play(told);

      expect(perDeployment(played.github)).toEqual(perDeployment(github));
      expect(played.ignored).toEqual(ignored);
      expect(played.failures).toEqual(failures);
    },
  );
});
