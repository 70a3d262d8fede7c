/** Finds on the base what pins an image: by the rules' targets, or in every environment's overlay. */
import type { Base } from '../../schemas/answers.ts';
import type { Candidate, Pin } from '../../schemas/candidate.ts';
import type { PinnedFile, Promotion } from '../../schemas/promotion.ts';
import { sameImage } from '../words/image.ts';
import { ok, type Result } from '../words/result.ts';
import { findPlaces } from './places.ts';
import type { Rules } from './rules.ts';
import { type Refusal, readSource } from './source.ts';

const OVERLAY = /^overlays\/([^/]+)\/kustomization\.ya?ml$/;

export type Found = Pick<Promotion, 'environment' | 'files' | 'unreadable' | 'present'>;

/** Every environment of the base that pins the image; in none of them it is pinned twice over. */
export function targetsFor(image: string, base: Base, rules: Rules): readonly Found[] {
  const byEnvironment = new Map<string, PinnedFile[]>();
  for (const { environment, ...file } of filesFor(image, base, rules)) {
    byEnvironment.set(environment, [...(byEnvironment.get(environment) ?? []), file]);
  }
  return [...byEnvironment].flatMap(([environment, files]) => found(environment, files, image) ?? []);
}

type Placed = PinnedFile & { readonly environment: string };

function filesFor(image: string, { files }: Base, rules: Rules): readonly Placed[] {
  const targets = rules.ok ? rules.value.targets : undefined;
  if (targets === undefined) {
    return files.flatMap(({ path, text }): readonly Placed[] => {
      const environment = OVERLAY.exec(path)?.[1];
      // What can't be read at all is a target where it speaks of the image: then it is said why nothing comes of it.
      const pins = environment === undefined ? ok(undefined) : pinIn(text, { format: 'kustomize', image });
      const isTarget = pins.ok ? pins.value !== undefined : pins.failure.reason === 'pattern' || text.includes(image);
      return environment === undefined || !isTarget ? [] : [{ environment, path, text, format: 'kustomize' }];
    });
  }
  return targets
    .filter((target) => sameImage(target.image, image))
    .flatMap(({ environment, path, format, keys }): readonly Placed[] => {
      const file = files.find((each) => each.path === path);
      return file === undefined
        ? []
        : [{ environment, path, text: file.text, format, ...(keys === undefined ? {} : { keys }) }];
    });
}

function found(environment: string, files: readonly PinnedFile[], image: string): Found | undefined {
  let present: Pin | undefined;
  for (const { path, text, ...how } of files) {
    const pins = pinIn(text, { ...how, image });
    if (!pins.ok || pins.value === undefined) {
      const { line, words } = pins.ok ? { line: 1, words: `The file does not pin ${image}.` } : pins.failure;
      return { environment, files: [...files], unreadable: { path, line, words }, present: present ?? {} };
    }
    if (present !== undefined && !samePin(present, pins.value)) {
      const words = `It pins the image otherwise than ${files[0]?.path}.`;
      return { environment, files: [...files], unreadable: { path, line: 1, words }, present };
    }
    present = pins.value;
  }
  return { environment, files: [...files], unreadable: null, present: present ?? {} };
}

/** Which of its image's targets a candidate is for: those that its file belongs to, else its environment's, else all of them. */
export function meantBy<Target extends Pick<Promotion, 'environment' | 'files'>>(
  { environment, path }: Pick<Candidate, 'environment' | 'path'>,
  targets: readonly Target[],
): readonly Target[] {
  const own = targets.filter(({ files }) => files.some((file) => file.path === path));
  if (own.length > 0) return own;
  return targets.filter((target) => environment === undefined || environment === target.environment);
}

/** Whether its files pin something else than what is believed. */
export function isOtherwise({ files, image, present, unreadable }: Promotion): boolean {
  const [file] = files;
  if (file === undefined || unreadable !== null) return false;
  const pins = pinIn(file.text, { ...file, image });
  return pins.ok && pins.value !== undefined && !samePin(pins.value, present);
}

type How = Pick<PinnedFile, 'format' | 'keys'> & { readonly image: string };

/** Undefined: it doesn't pin the image. */
function pinIn(text: string, how: How): Result<Pin | undefined, Refusal> {
  const source = readSource(text);
  if (!source.ok) return source.failure.reason === 'not-pinned' ? ok(undefined) : source;
  const places = findPlaces(source.value, how);
  return places.ok ? ok(places.value[0] && pinOf(places.value[0].pin)) : places;
}

export function pinOf({
  tag,
  digest,
}: {
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}): Pin {
  return { ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

export function samePin(one: Pin, other: Pin): boolean {
  return one.tag === other.tag && one.digest === other.digest;
}

/** As far as both say: a file that pins a tag alone pins a candidate that has a digest as well. */
export function agrees(one: Pin, other: Pin): boolean {
  if (one.digest !== undefined && other.digest !== undefined) return one.digest === other.digest;
  return one.tag !== undefined && one.tag === other.tag;
}
