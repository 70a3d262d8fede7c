/** Decides when Argo CD is asked to look at its pull requests again: once for all that ask, and not before a label is off. */
import type { Owed } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import { fits } from '../words/glob.ts';
import type { Instant } from '../words/instant.ts';
import { isUntrusted } from './trust.ts';

type Refreshed = { readonly known: Known; readonly effects: readonly Owed[] };

export function refreshed(before: Known, known: Known, now: Instant): Refreshed {
  const previews = [...known.previews.values()];
  const untrusted = previews.filter(isUntrusted);
  if (untrusted.length > 0) {
    const news = untrusted.filter(({ number, stage }) => stage !== before.previews.get(number)?.stage);
    if (news.length === 0) return { known, effects: [] };
    // What is owed already has to wait as well: it is asked for once more when the label is off.
    const withdrawn = instancesFor(known).map(
      (name): Owed => ({ lane: `refresh ${name}`, class: 0, effect: undefined }),
    );
    return { known: asking(true, news, known), effects: [...withdrawn, ...holds(known, now)] };
  }
  const waiting = previews.filter(({ refresh }) => refresh);
  const wishes = waiting.length === 0 ? [] : instancesFor(known).map((name) => refreshOf(name, now));
  const wasHeld = [...before.previews.values()].some(isUntrusted);
  // The wish comes first: the release leads to one call then, for it and for all that has waited.
  return { known: asking(false, waiting, known), effects: [...wishes, ...(wasHeld ? holds(known, now) : [])] };
}

/** What every refresher is told of this repository: to hold its calls or, where no label has to come off, to let them go. */
export function holds(known: Known, now: Instant): readonly Owed[] {
  return instancesFor(known).map((name) => holdOf(name, known, now));
}

export function holdOf(instance: string, { previews }: Known, now: Instant): Owed {
  const held = [...previews.values()].some(isUntrusted);
  return { lane: `hold ${instance}`, class: 0, effect: { kind: 'hold-refresh', instance, held, at: now } };
}

export function refreshOf(instance: string, now: Instant): Owed {
  return { lane: `refresh ${instance}`, class: 0, effect: { kind: 'refresh', instance, at: now } };
}

function asking(refresh: boolean, those: readonly Preview[], known: Known): Known {
  const changed = those.map((preview) => [preview.number, { ...preview, refresh }] as const);
  return { ...known, previews: new Map([...known.previews, ...changed]) };
}

function instancesFor({ config, repository }: Known): readonly string[] {
  const served = config.argocd.filter(
    ({ refresh, repositories }) =>
      refresh.mode !== 'off' && repositories.some((pattern) => fits(pattern.toLowerCase(), repository)),
  );
  return served.map(({ name }) => name);
}
