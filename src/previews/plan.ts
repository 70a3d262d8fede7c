/** The plan of previews: from what GitHub tells of pull requests to what is followed, asked, taken off and refreshed. */
import type { Owed, Why } from '../../schemas/effect.ts';
import type { CommentEvent, Learned, NotificationEvent, PullRequestEvent } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import type { Instant } from '../words/instant.ts';
import { hear } from './hear.ts';
import { addressed, type SlugOf } from './name.ts';
import { withPreview } from './staged.ts';
import { permitted, unanswered, unlabelled } from './trust.ts';

/** `numbers`: the pull requests whose slots have something to follow. */
export type Draft = { readonly known: Known; readonly numbers: readonly number[]; readonly effects: readonly Owed[] };
/** `known`: nothing shows, but a later delivery must not be taken for news. */
type Ignored = { readonly ignored: Why; readonly known?: Known };

export function planPullRequest(event: PullRequestEvent, known: Known, now: Instant, slugOf: SlugOf): Draft | Ignored {
  const heard = hear(event.pull, event.labelled, known, slugOf);
  if (heard === undefined) return { ignored: 'stale' };
  const { number } = event.pull;
  // What would end it may be the earlier of the two: a deployment that was once inactive is not revived.
  const isEnd = known.previews.get(number)?.stage.kind === 'live' && heard.preview.stage.kind !== 'live';
  const draft = heard.isContested && isEnd ? nothing(known) : followed(known, heard.preview);
  if (!heard.isContested && isNobodys(heard.preview, known)) return { ignored: 'no preview', known: draft.known };
  return heard.isContested ? { ...draft, effects: [readOf(number, false, now)] } : draft;
}

/** A comment is a sign of life, and nothing else. */
export function planComment({ number, at }: CommentEvent, known: Known): Draft | Ignored {
  const preview = known.previews.get(number);
  if (preview === undefined || preview.stage.kind !== 'live') return { ignored: 'no preview' };
  if (at <= preview.touchedAt) return { ignored: 'stale' };
  return noted(known, {
    ...preview,
    touchedAt: at,
    doomed: preview.doomed?.kind === 'stale' ? null : preview.doomed,
  });
}

export function planPreviewDue(number: number, known: Known, now: Instant): Draft {
  const preview = known.previews.get(number);
  // A value of its own, even where nothing comes of it: when to look again is concluded anew.
  return preview === undefined ? nothing(known) : followed(known, { ...unanswered(preview, known, now) });
}

type Taught = Extract<Learned, { kind: 'permission' | 'label-removed' | 'comment' | 'pull' }>;

export function planTaught(learned: Taught, known: Known, slugOf: SlugOf): Draft {
  const preview = known.previews.get(learned.number);
  switch (learned.kind) {
    case 'permission':
      return preview === undefined ? nothing(known) : followed(known, permitted(preview, learned, known));
    case 'label-removed':
      return preview === undefined ? nothing(known) : followed(known, unlabelled(preview, learned, known));
    case 'comment': {
      if (preview === undefined) return nothing(known);
      const comment = { ...preview.comment, id: learned.id, written: learned.body, look: false };
      return noted(known, { ...preview, comment });
    }
    case 'pull': {
      const { pull } = learned;
      const heard = pull === null ? undefined : hear(pull, undefined, known, slugOf);
      return heard === undefined ? nothing(known) : followed(known, heard.preview);
    }
  }
}

/** What Argo CD says of the branch's slug counts more than what we make of the branch. */
export function withToldSlug({ app }: NotificationEvent, known: Known): Draft {
  const slug = app.metadata.annotations['github.com/branch-slug'];
  const preview = known.previews.get(Number(app.metadata.annotations['github.com/pr']));
  if (preview === undefined || slug === undefined || slug === preview.slug) return nothing(known);
  return followed(known, addressed({ ...preview, slug, told: true }, known));
}

/** Asks for the pull request as it is now. */
export function readOf(number: number, sweep: boolean, at: Instant): Owed {
  return { lane: `pull ${number}`, class: 3, effect: { kind: 'read-pull', number, sweep, at } };
}

/** The preview, and those of its slug, whose names may depend on it. */
export function followed(known: Known, preview: Preview): Draft {
  const draft = withPreview(known, preview);
  const namesakes = [...draft.previews.values()].filter((other) => other !== known.previews.get(other.number));
  return { known: draft, numbers: namesakes.map(({ number }) => number), effects: [] };
}

/** Nothing about it concerns its slots. */
function noted(known: Known, preview: Preview): Draft {
  return { ...nothing(known), known: withPreview(known, preview) };
}

export function nothing(known: Known): Draft {
  return { known, numbers: [], effects: [] };
}

/** It never had a preview that anybody could have seen. */
function isNobodys({ number, stage, comment }: Preview, known: Known): boolean {
  const isShown = [...known.slots.values()].some(({ pr }) => pr === number);
  const was = known.previews.get(number)?.stage.kind ?? 'closed';
  return stage.kind === 'closed' && was === 'closed' && comment.wanted === null && !isShown;
}
