/** The event that a new image is, whichever way it came: the same image for the same place is the same event. */
import type { Candidate } from '../schemas/candidate.ts';
import type { ImageEvent } from '../schemas/event.ts';
import type { Repository } from '../src/words/repository.ts';
import { sha256 } from '../src/words/sha256.ts';

export function imageEvent(deployment: Repository, candidate: Candidate): ImageEvent {
  const { environment, image, digest, tag } = candidate;
  const id = sha256(JSON.stringify([deployment, environment ?? null, image, digest ?? tag]));
  return { kind: 'image', id, candidate };
}
