/** What a branch of Argo CD Image Updater's pins otherwise than the branch it came from. */
import { parse } from 'yaml';
import * as z from 'zod';
import type { ChangedFile } from '../../schemas/answers.ts';
import { Candidate } from '../../schemas/candidate.ts';
import { imageOf } from '../words/image.ts';
import type { Instant } from '../words/instant.ts';

const Text = z.coerce.string().optional();
const Entry = z.object({ name: Text, newName: Text, newTag: Text, digest: Text });
const Parameter = z.object({ name: z.string(), value: z.coerce.string() });
/** A kustomization, or `.argocd-source-<application>.yaml`. */
const Written = z.object({
  images: z.array(Entry).catch([]).default([]),
  kustomize: z
    .object({ images: z.array(z.string()).catch([]).default([]) })
    .catch({ images: [] })
    .optional(),
  helm: z
    .object({ parameters: z.array(Parameter).catch([]).default([]) })
    .catch({ parameters: [] })
    .optional(),
});

export function candidatesOf(files: readonly ChangedFile[], now: Instant): readonly Candidate[] {
  return files.flatMap(({ path, before, after }) => {
    const was = new Set(before === null ? [] : pinsIn(before));
    const environment = /^overlays\/([^/]+)\//.exec(path)?.[1];
    return pinsIn(after)
      .filter((pin) => !was.has(pin))
      .flatMap((pin) => {
        const { name, tag, digest } = imageOf(pin);
        const candidate = Candidate.safeParse({
          image: name,
          tag,
          digest,
          environment,
          path,
          origin: 'image-updater',
          firstSeen: now,
        });
        const isPinned = tag !== undefined || digest !== undefined;
        return isPinned && candidate.success ? [candidate.data] : [];
      });
  });
}

/** As references. */
function pinsIn(text: string): readonly string[] {
  const written = Written.safeParse(yaml(text));
  if (!written.success) return [];
  const { images, kustomize, helm } = written.data;
  const parameter = (name: string) => helm?.parameters.findLast((each) => each.name === name)?.value;
  const [name, tag] = [parameter('image.name'), parameter('image.tag')];
  return [
    ...images.map(({ name = '', newName = name, newTag, digest }) =>
      [newName, newTag === undefined ? '' : `:${newTag}`, digest === undefined ? '' : `@${digest}`].join(''),
    ),
    ...(kustomize?.images ?? []),
    ...(name === undefined || tag === undefined ? [] : [`${name}:${tag}`]),
  ];
}

function yaml(text: string): unknown {
  try {
    // Numbers stay the text that they are written as.
    return parse(text, { schema: 'failsafe', logLevel: 'silent' });
  } catch {
    // Anybody's text may stand there, and what is no YAML pins nothing.
    return undefined;
  }
}
