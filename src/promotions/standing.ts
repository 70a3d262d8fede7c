/** What holds for every candidate, whatever the rules say. */
import type { Proposal } from '../../schemas/proposal.ts';
import { inCode } from '../words/in-code.ts';
import { type Finding, no, yes } from './answer.ts';
import { type Step, stepOf } from './step.ts';

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
      no(
        'not held',
        `${inCode(facts.heldBy)} has changed the pin by hand, and that stays until a person changes it again.`,
      ),
    );
  }
  // `pull_request_target` and its like run what a stranger may have written just as well.
  if (run?.event.startsWith('pull_request') === true) {
    findings.push(
      no('event', `The run that published it was for ${inCode(run.event)}, which is never merged by itself.`),
    );
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
      return yes(what, `Nothing is pinned yet; ${to} is the first.`);
    case 'newer': {
      const words = step.increment === undefined ? 'its source is a descendant' : `a ${step.increment} step`;
      return yes(what, `${to} is newer than ${from}: ${words}.`);
    }
    case 'same':
      return no(what, `${to} is pinned already.`, 'ignore');
    case 'older':
      return no(what, `${to} is older than ${from}, which is pinned.`, 'ignore');
    case 'diverged':
      return no(what, `The sources of ${to} and of ${from}, which is pinned, have diverged.`);
    case 'unknown':
      return no(what, `Whether ${to} is newer than ${from}, which is pinned, cannot be told.`);
  }
}

function shown({ tag, digest }: { readonly tag?: string | undefined; readonly digest?: string | undefined }): string {
  return tag ?? digest?.slice(0, 'sha256:'.length + 12) ?? '';
}
