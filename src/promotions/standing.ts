/** What holds for every candidate, whatever the rules say. */
import type { Proposal } from '../../schemas/proposal.ts';
import { inCode } from '../words/in-code.ts';
import { type Finding, no, yes } from './answer.ts';
import { type Step, stepOf } from './step.ts';

/**
 * Only who may write to a repository can start such a run, and it runs the very commit that its token names. Of all others
 * one of the two is not so: anybody comments, forks or asks for a pull, `workflow_run` and `repository_dispatch` carry on
 * with what another has begun, in the name of the default branch's last commit, and what `merge_group` tries may never be merged.
 * https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
const OWN: readonly string[] = ['create', 'push', 'release', 'schedule', 'workflow_dispatch'];

export function standingOf(proposal: Proposal): readonly Finding[] {
  const { candidate, facts } = proposal;
  const { run } = candidate;
  const findings = [direction(proposal, stepOf(proposal))];
  if (facts.rejectedIn !== undefined) {
    const words = `A person has closed #${facts.rejectedIn} with this very image without merging it.`;
    findings.push(no('not rejected', words, 'ignore'));
  }
  if (facts.heldBy !== undefined) {
    findings.push(
      no('not held', `${inCode(facts.heldBy)} has changed the pin, and that stays until a person changes it again.`),
    );
  }
  if (facts.stoppedBy !== undefined) {
    const words = `${inCode(facts.stoppedBy)} has taken it back from GitHub, which was to merge it: a person merges it.`;
    findings.push(no('not stopped', words));
  }
  if (run !== undefined && !OWN.includes(run.event)) {
    const own = `${OWN.slice(0, -1).map(inCode).join(', ')} and ${inCode(OWN.at(-1) ?? '')}`;
    const words = `The run that published it was for ${inCode(run.event)}: only those for ${own} are merged by themselves.`;
    findings.push(no('event', words));
  }
  if (facts.fork) findings.push(no('no fork', "It is a fork's image, which is never merged by itself."));
  if (facts.preview) findings.push(no('no preview', "It is a preview's image, which is never merged by itself."));
  return findings;
}

function direction({ candidate, present }: Proposal, step: Step): Finding {
  const what = 'newer';
  const [to, from] = [inCode(shown(candidate)), inCode(shown(present))];
  switch (step.kind) {
    case 'first':
      return no(what, `Nothing is pinned here yet: whether ${to} is newer than what runs cannot be told.`);
    case 'newer': {
      const version = step.increment === undefined ? 'a pre-release of another version' : `a ${step.increment} step`;
      const words = step.by === 'commit' ? 'its source is a descendant' : version;
      return yes(what, `${to} is newer than ${from}: ${words}.`);
    }
    case 'same':
      return no(what, `${to} is pinned already.`, 'ignore');
    case 'older':
      return no(what, `${to} is older than ${from}, which is pinned.`, 'ignore');
    case 'identical':
      return no(what, `${to} and ${from}, which is pinned, were built from one commit: which is newer cannot be told.`);
    case 'contrary':
      return no(what, `${to} is a higher version than ${from}, which is pinned, and built from an earlier commit.`);
    case 'diverged':
      return no(what, `The sources of ${to} and of ${from}, which is pinned, have diverged.`);
    case 'unknown':
      return no(what, `Whether ${to} is newer than ${from}, which is pinned, cannot be told.`);
  }
}

function shown({ tag, digest }: { readonly tag?: string | undefined; readonly digest?: string | undefined }): string {
  return tag ?? digest?.slice(0, 'sha256:'.length + 12) ?? '';
}
