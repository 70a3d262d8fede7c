/** The event that a new image is, whichever way it came: who says the very same of it again, says nothing new. */
import type { Candidate } from '../schemas/candidate.ts';
import type { ImageEvent } from '../schemas/event.ts';
import type { Repository } from '../src/words/repository.ts';
import { sha256 } from '../src/words/sha256.ts';

/**
 * All that it says is in the id, but for when it was heard: another tag of a digest, a commit that nobody had told yet, or
 * a way by which a rule lets it through, would else be lost for as long as the digest is remembered. That several such
 * events are of one image, promotions know by themselves.
 */
export function imageEvent(deployment: Repository, candidate: Candidate): ImageEvent {
  const { environment, image, digest, tag, source, origin, run } = candidate;
  const place = [deployment, environment, image];
  const said = [digest, tag, source?.repository, source?.sha, origin, run?.ref, run?.event, run?.workflow];
  const id = sha256(JSON.stringify([...place, ...said].map((each) => each ?? null)));
  return { kind: 'image', id, candidate };
}
