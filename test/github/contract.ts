/** Describes what every stand-in for GitHub must do, as a client of GitHub sees it. */
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { describeAuthentication } from './contract-authentication.ts';
import { describeDeploymentStatuses } from './contract-deployment-statuses.ts';
import { describeDeployments } from './contract-deployments.ts';
import { describeEnvironments } from './contract-environments.ts';
import { describeFaults } from './contract-faults.ts';
import { describeGit } from './contract-git.ts';
import { describeNativeMerges } from './contract-native-merges.ts';
import { describePulls } from './contract-pulls.ts';
import { describeWebhooks } from './contract-webhooks.ts';
import { type Stand, type Start, seed } from './stand.ts';

const parts = {
  authentication: describeAuthentication,
  deployments: describeDeployments,
  'deployment statuses': describeDeploymentStatuses,
  environments: describeEnvironments,
  git: describeGit,
  'pull requests': describePulls,
  'merges left to GitHub': describeNativeMerges,
  webhooks: describeWebhooks,
  faults: describeFaults,
};

export function contract(name: string, start: Start): void {
  // One GitHub for each part: the clock goes only forward, and a part that moves it must not disturb the next.
  describe.each(Object.entries(parts))(`${name}: %s`, (_part, describePart) => {
    let stand: Stand;
    beforeAll(async () => {
      stand = await start(seed);
    });
    beforeEach(() => stand.reset());
    afterAll(() => stand.close());
    describePart(() => stand);
  });
}
