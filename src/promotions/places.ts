/** Finds every place where a file pins an image, by the file's format. */
import type { Result } from '../words/result.ts';
import { inArgoCdSource } from './argocd-source.ts';
import { inValues, type Keys } from './chart-values.ts';
import { inKustomization } from './kustomization.ts';
import type { Place } from './place.ts';
import { references } from './references.ts';
import type { Refusal, Source } from './source.ts';
import { walk } from './walk.ts';

export type Target = {
  readonly format: 'kustomize' | 'helm' | 'manifest' | 'argocd-source';
  readonly image: string;
  readonly keys?: Keys | undefined;
};

export function findPlaces(source: Source, { format, image, keys }: Target): Result<readonly Place[], Refusal> {
  switch (format) {
    case 'kustomize':
      return inKustomization(source, image);
    case 'helm':
      return inValues(source, image, keys);
    case 'manifest': {
      const steps = [...walk(source.document.contents)];
      return references(
        source,
        image,
        steps.filter(({ path }) => path.at(-1) === 'image'),
      );
    }
    case 'argocd-source':
      return inArgoCdSource(source, image, keys);
  }
}
