/** What a person does where GitHub does not let the App in: by a reason's code, and naming neither account nor repository. */

const MENDS: Readonly<Record<string, string>> = {
  'app-refused':
    'GitHub refuses the App itself: GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY must belong together; set both anew',
  'app-suspended':
    "the installation is suspended: unsuspend it in the account's settings, under GitHub Apps (or ask whoever suspended it)",
  'app-uninstalled':
    'the App was uninstalled from the account: install it again, and what is owed there goes on; or stop sending for its repositories',
  'repository-removed':
    "the repository was taken out of the App's installation: add it again, and what is owed there goes on; or stop sending for it",
  'repository-deleted':
    'the repository was deleted: stop sending for it; what was owed there stands in the dead letters',
  'repository-archived':
    'the repository is archived, so nothing can be written there: unarchive it, or stop sending for it',
  'repository-transferred':
    'the repository was transferred to another account: write its new name into the annotations, let an instance in hawser.yaml speak for it, and install the App there',
  'repository-renamed':
    'the repository was renamed after its new name had been heard of: write the new name into the annotations, which has a ledger of its own',
  'not-installed':
    "the App isn't installed where it has to write: install it there, or add the repository to its installation",
  'not-granted':
    "the installation lacks the repository, or deployments: write or contents: read: add the repository to it, or accept the App's new permissions in the account's settings, under GitHub Apps",
  'promotions-not-granted':
    "promotions need more than the installation grants: give the App contents: write, pull requests: write and checks: write, and accept the new permissions in the account's settings, under GitHub Apps",
  forbidden:
    "GitHub refused what needs a permission (deployments: write): grant it in the App's settings, and accept the new permission in the account's settings, under GitHub Apps",
  'not-found':
    'GitHub finds neither the repository nor the deployment for this App: add the repository to its installation; of a deployment that somebody deleted there is nothing to mend',
  'token-refused':
    "GitHub refuses tokens that it has just given: its status page, or the App's installation, may say why",
};

/** What keeps the App out, and may be mended without an attempt of ours showing it. */
export const MENDED: readonly string[] = Object.keys(MENDS);

/** Undefined: it is nothing that a person could mend in the App or its installation. */
export function mendOf(code: string): string | undefined {
  return Object.hasOwn(MENDS, code) ? MENDS[code] : undefined;
}
