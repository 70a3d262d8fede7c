/** A preview that has come to another stage of its life: what its slots follow, and by which name it is reached. */
import type { Config } from '../../schemas/config.ts';
import type { Known } from '../../schemas/known.ts';
import type { Preview, Stage } from '../../schemas/preview.ts';
import { inWords } from '../words/duration.ts';
import { addressed } from './name.ts';

/** What ends deployments of a fork that is not trusted: of the pull request's own end it says nothing. */
export const NOT_ALLOWED = 'a preview of this fork is not allowed';

export function staged(preview: Preview, stage: Stage, known: Known): Preview {
  const head = headAfter(preview, stage, known.config);
  const isLive = stage.kind === 'live';
  const approval = isLive ? preview.approval : null;
  return addressed({ ...preview, stage, head, approval, doomed: isLive ? preview.doomed : null }, known);
}

function headAfter({ pull, head }: Preview, stage: Stage, config: Config): Preview['head'] {
  switch (stage.kind) {
    case 'live':
      if (head?.kind === 'open' && head.sha === pull.head.sha) return head;
      return { kind: 'open', sha: pull.head.sha, start: pull.updatedAt };
    case 'asking':
    case 'refusing':
    case 'refused':
      return { kind: 'closed', why: NOT_ALLOWED };
    case 'closed':
      // Argo CD may make previews by other signs than this label: what was never ours is left to its notifications.
      if (stage.why === 'unlabelled' && head === null) return null;
      return head?.kind === 'closed' ? head : { kind: 'closed', why: reasonOf(stage.why, config) };
  }
}

export function reasonOf(why: Extract<Stage, { kind: 'closed' }>['why'], { previews }: Config): string {
  switch (why) {
    case 'merged':
      return 'the pull request was merged';
    case 'closed':
      return 'the pull request was closed';
    case 'unlabelled':
      return unlabelled(previews.label);
    case 'stale':
      return `nothing happened for ${inWords(previews.staleAfter)}`;
  }
}

function unlabelled(label: string): string {
  return `the label ${label} was taken off`;
}

/** A reason is plain text, for a deployment's description: elsewhere the label in it has to be shown as somebody's word. */
export function withLabel(why: string, shown: (label: string) => string): string {
  const [, label] = /^the label (.*) was taken off$/s.exec(why) ?? [];
  return label === undefined ? why : unlabelled(shown(label));
}

/** With the names that depend on it: of two with one slug the elder has it, whichever was heard of first. */
export function withPreview(known: Known, preview: Preview): Known {
  const draft = { ...known, previews: new Map(known.previews).set(preview.number, preview) };
  const was = known.previews.get(preview.number)?.slug;
  const namesakes = [...draft.previews.values()].filter(({ slug }) => slug === preview.slug || slug === was);
  return namesakes.reduce((each, other) => {
    const next = addressed(other, each);
    const isSame = next.name === other.name && next.url === other.url;
    return isSame ? each : { ...each, previews: new Map(each.previews).set(other.number, next) };
  }, draft);
}
