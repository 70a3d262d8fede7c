/** One Argo CD instance's refresh calls: gathered, paced, and tried until Argo CD has taken them. */
import { DurableObject } from 'cloudflare:workers';
import type { Repository } from '../words/repository.ts';

export class Refresher extends DurableObject {
  /** Something has changed in the repository that can change previews. */
  async ask(_repository: Repository): Promise<void> {}
}
