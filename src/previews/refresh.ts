/** Decides when Argo CD is asked to look at its pull requests again: once for all that ask, and not before a label is off. */
import type { Owed } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import { fits } from '../words/glob.ts';
import type { Instant } from '../words/instant.ts';
import { isUntrusted } from './trust.ts';

export function refreshed(known: Known, now: Instant): { readonly known: Known; readonly effects: readonly Owed[] } {
  const asking = [...known.previews.values()].filter(({ refresh }) => refresh);
  if (asking.length === 0 || [...known.previews.values()].some(isUntrusted)) return { known, effects: [] };
  const answered = asking.map((preview) => [preview.number, { ...preview, refresh: false }] as const);
  const effects = instancesFor(known).map(
    ({ name }): Owed => ({
      lane: `refresh ${name}`,
      class: 0,
      effect: { kind: 'refresh', instance: name, at: now },
    }),
  );
  return { known: { ...known, previews: new Map([...known.previews, ...answered]) }, effects };
}

function instancesFor({ config, repository }: Known) {
  return config.argocd.filter(
    ({ refresh, repositories }) =>
      refresh.mode !== 'off' && repositories.some((pattern) => fits(pattern.toLowerCase(), repository)),
  );
}
