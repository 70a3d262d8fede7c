/** What an editor shows of each key. They stand here, since in the schemas themselves they would travel in the Worker. */
export type Descriptions = Readonly<Record<string, string>>;

export const CONFIG: Descriptions = {
  deployments: 'When a rollout counts as done, failed or lost.',
  'deployments.settle': 'Succeeded and Healthy must hold this long, unless health is newer than the operation.',
  'deployments.degradedAfter': 'Degraded must hold this long before it is a failure.',
  'deployments.deadline': 'No sign of life and no terminal state for so long: error.',
  github: 'The write budget of one installation of the GitHub App.',
  'github.writesPerMinute': 'Writes a minute, after a burst of as many.',
  'github.contentPerHour': 'Pull requests and comments an hour.',
  previews: 'The transient environments of pull requests.',
  'previews.label': 'The label that asks for a preview.',
  'previews.environment': 'The environment on GitHub; {number} may stand in it.',
  'previews.url': 'Where a preview is reached; {slug}, {number}, {owner} and {repo} may stand in it.',
  'previews.reserved':
    'Names of the shared environment, which no preview gets: those in shared of wrangler.router.toml.',
  'previews.forks': 'approve: a person with write access must label each new head of a fork. deny: forks get none.',
  'previews.staleAfter': 'No push, comment or label change for so long makes a preview stale.',
  'previews.warnBefore': 'How long before its removal a stale preview is warned about.',
  'previews.keepLabel': 'The label that keeps a stale preview.',
  'previews.sweep': 'What happens to stale previews: they are reported, or removed.',
  environments: 'What GitHub should know of an environment, by its name.',
  'environments.*.production': 'Whether it is a production environment.',
  'environments.*.url': 'Where people reach it.',
  argocd: 'The Argo CD instances that may notify. The secret of each is ARGOCD_<NAME>_TOKEN.',
  'argocd.*.name': 'Names its secrets too, in capitals and with - as _.',
  'argocd.*.url': 'Where people reach it: deployments link to its pages.',
  'argocd.*.repositories': 'The repositories that its token may speak for; * is any run of characters.',
  'argocd.*.environments': 'The environments that its token may speak for; * is any run of characters.',
  'argocd.*.projects':
    'Where given, the project of an Application must be one of these, and may speak for no more than it says.',
  'argocd.*.projects.*.name': 'The name of the Argo CD project.',
  'argocd.*.projects.*.repositories': 'The repositories that its Applications may speak for.',
  'argocd.*.projects.*.environments': 'The environments that its Applications may speak for.',
  'argocd.*.refresh': 'How its ApplicationSets learn of a pull request.',
  'argocd.*.refresh.mode': 'webhook: by the ApplicationSet webhook. action: by its API. off: not from here.',
  'argocd.*.refresh.url': "The ApplicationSet controller's webhook.",
  'argocd.*.refresh.application': 'The Application that holds the ApplicationSets.',
  publishers: 'Who may tell of images. The secret of each is PUBLISHER_<NAME>_TOKEN.',
  'publishers.*.name': 'Names its secret too, in capitals and with - as _.',
  'publishers.*.repositories': 'The deployment repositories that it may propose to; * is any run of characters.',
  oidc: 'GitHub Actions as a publisher, without a secret.',
  'oidc.issuer': 'Who signs the tokens.',
  'oidc.audience': 'Whom the tokens must be made out to.',
  'oidc.repositories':
    'The repositories whose workflows may publish; * is any run of characters. Without it, those that an Argo CD instance speaks for.',
  deploymentRepositories:
    'The repository that pins the images of another, by the name of that one; without it, <repository>-deployment.',
  imageUpdaters:
    'The Image Updaters that are told of registry events. The secret of each is IMAGE_UPDATER_<NAME>_SECRET.',
  'imageUpdaters.*.name': 'Names its secret too, in capitals and with - as _.',
  'imageUpdaters.*.url': 'Its webhook.',
};

export const RULES: Descriptions = {
  version: 'The version of this format.',
  enabled: 'false: nothing is proposed or merged.',
  targets: 'Where images are pinned; without it, every kustomization in overlays/<environment>/ that pins the image.',
  'targets.*.environment': 'The environment on GitHub.',
  'targets.*.path': 'The file, from the root of the repository.',
  'targets.*.format': 'How the file pins an image.',
  'targets.*.image': 'The image without tag and digest.',
  'targets.*.keys': 'helm, argocd-source: the dotted paths of its keys; image alone holds the whole reference.',
  'targets.*.keys.image': 'The key of its name.',
  'targets.*.keys.tag': 'The key of its tag.',
  'targets.*.keys.digest': 'The key of its digest.',
  rules: 'The first that is meant for a candidate decides; none: a person.',
  'rules.*.match': 'What it is meant for: all of this must hold.',
  'rules.*.match.environments': 'Environments; * is any run of characters.',
  'rules.*.match.images': 'Images without tag and digest; * is any run of characters.',
  'rules.*.match.tags': 'A regular expression.',
  'rules.*.match.increment': 'The largest step between semantic versions; any: also without them.',
  'rules.*.match.origins': 'How the image came to be known.',
  'rules.*.match.refs': "GitHub Actions: the run's ref; * is any run of characters.",
  'rules.*.match.events': 'GitHub Actions: what started the run.',
  'rules.*.match.workflows': "GitHub Actions: the job's workflow, owner/repo/path@ref; * is any run of characters.",
  'rules.*.action': 'auto: merged by Hawser. manual: proposed. ignore: not proposed.',
  'rules.*.require': 'What must hold before a merge.',
  'rules.*.require.onDefaultBranch':
    "The source commit is on the application's default branch; true unless said otherwise.",
  'rules.*.require.checks': 'Checks that have passed on the present commit.',
  'rules.*.require.approvals': 'How many people have approved the present commit.',
  'rules.*.require.teams': 'A member of each of these teams has approved the present commit.',
  'rules.*.require.minAge': 'So long ago the image was first seen.',
  'rules.*.require.after': 'Another environment has the same commit.',
  'rules.*.require.after.environment': 'Which one.',
  'rules.*.require.after.state': 'In which state.',
  'rules.*.require.after.soak': 'For how long.',
  'rules.*.window': 'When a merge may happen.',
  'rules.*.window.timezone': 'A zone such as Europe/Berlin, by whose clock.',
  'rules.*.window.allow': 'Days and hours: Mon-Thu 09:00-16:00.',
  'rules.*.window.freeze': 'Spans of dates without merges.',
  'rules.*.window.freeze.*.from': 'The first day, or from 2026-12-20T18:00.',
  'rules.*.window.freeze.*.to': 'The last day, or up to 2027-01-03T08:00.',
  'rules.*.window.freeze.*.reason': 'Shown in the check run.',
  'rules.*.limits': 'How often one target may be merged into.',
  'rules.*.limits.perDay': "Times a day, by the window's clock.",
  'rules.*.limits.minInterval': 'Time between two.',
  'rules.*.onFailure': 'revert: a pull request takes the image back when the environment degrades.',
  merge: 'How Hawser merges.',
  'merge.method': 'How the commits are merged.',
  'merge.via': 'direct: by Hawser. auto, queue: by GitHub.',
  'merge.deleteBranch': 'Whether the branch goes after the merge.',
  pr: 'What the pull requests look like.',
  'pr.labels': 'Labels that they get.',
  'pr.reviewers': 'Who is asked to look: logins, or teams as owner/team.',
  'pr.hold': 'The label that stops a merge.',
};

/** What is enforced has the keys of a rule, but for what it is only allowed to say. */
export const ORGANISATION: Descriptions = {
  ...without(RULES, /^targets/),
  enforced: "Holds on top of each repository's rules, which can so be stricter and never laxer.",
  ...Object.fromEntries(
    Object.entries(RULES).flatMap(([key, description]) => {
      const name = key.replace(/^rules\.\*\./, '');
      if (name === key || name === 'match' || name === 'onFailure') return [];
      const scoped = /^match\.(environments|images)$/.test(name) ? name : name.replace(/^match\./, 'only.');
      return [[`enforced.*.${scoped}`, description]];
    }),
  ),
  'enforced.*.match': 'What it holds for.',
  'enforced.*.only': 'Nothing else is merged by Hawser.',
  'enforced.*.action': 'The most that may happen by itself.',
  'enforced.*.require.onDefaultBranch': "The source commit is on the application's default branch.",
};

function without(descriptions: Descriptions, keys: RegExp): Descriptions {
  return Object.fromEntries(Object.entries(descriptions).filter(([key]) => !keys.test(key)));
}

export const PROPOSAL: Descriptions = {
  candidate: 'The new image.',
  'candidate.environment': 'Where it is to run.',
  'candidate.image': 'Its name without tag and digest.',
  'candidate.tag': 'Its tag; this or a digest.',
  'candidate.digest': 'Its digest; this or a tag.',
  'candidate.source': 'What it was built from.',
  'candidate.source.repository': "The application's repository.",
  'candidate.source.sha': 'The commit, 40 hex digits.',
  'candidate.origin': 'How it came to be known.',
  'candidate.run': 'What GitHub Actions says of the run that published it.',
  'candidate.run.ref': 'refs/heads/main.',
  'candidate.run.event': 'What started it: push, pull_request.',
  'candidate.run.workflow': "The job's workflow, owner/repo/path@ref.",
  'candidate.firstSeen': 'When it was first heard of.',
  present: 'What is pinned now; without it, nothing.',
  'present.tag': 'The pinned tag.',
  'present.digest': 'The pinned digest.',
  facts: 'What is known when the rules are asked.',
  'facts.order': 'How its commit stands to that of the pinned image, where no semantic versions tell.',
  'facts.onDefaultBranch': 'Whether its commit is on the default branch; without it, nobody could tell.',
  'facts.fork': "Whether it is a fork's.",
  'facts.preview': "Whether it is a preview's.",
  'facts.checks': 'Checks of the pull request and how they ended.',
  'facts.approvals': 'Who has approved its present commit.',
  'facts.approvals.*.login': 'The login on GitHub.',
  'facts.approvals.*.teams': 'Teams of that person, as owner/team.',
  'facts.labels': 'Labels of the pull request.',
  'facts.environments': 'What other environments run.',
  'facts.environments.*.sha': 'The commit.',
  'facts.environments.*.state': 'The state of its deployment.',
  'facts.environments.*.since': 'Since when.',
  'facts.merged': 'When earlier promotions of the same target were merged.',
  'facts.rejectedIn': 'The pull request with this very image that a person closed.',
  'facts.heldBy': 'Who has changed the pin since, other than by a merge of this.',
  'facts.stoppedBy': 'Who has taken back that GitHub was to merge it by itself.',
};

const NAMES: Descriptions = {
  org: 'The organisation on GitHub, in lower case.',
  app: 'The application: its repository, and what those beside it begin with.',
  domain: 'The domain of everything but previews.',
  previewDomain: 'The zone that is for previews alone.',
};

export const ANSWERS: Descriptions = {
  ...NAMES,
  only: 'The repositories that are laid down, as --only names them; without it, all.',
};

export const MEMORY: Descriptions = {
  version: 'The Hawser that last wrote something here.',
  repository: 'Which of the set it is, as --only names it.',
  answers: 'The names that it was laid down with.',
  ...Object.fromEntries(Object.entries(NAMES).map(([key, said]) => [`answers.${key}`, said])),
  files: 'What was written last, by path: its SHA-256, and the word executable where it is.',
};
