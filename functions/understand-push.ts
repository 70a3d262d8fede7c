/** What a push is to promotions: a new base to stand on, or a branch of Image Updater's. */
import type * as z from 'zod';
import type { PushPayload } from '../schemas/webhook-promotions.ts';
import { isImageUpdaters } from '../src/words/promotion-branch.ts';
import type { Sha } from '../src/words/sha.ts';
import { ignored, type Understood } from './understood.ts';

const HEADS = 'refs/heads/';

export function understandPush(payload: z.infer<typeof PushPayload>, id: string): Understood {
  const { ref, repository, sender, pusher } = payload;
  const place = repository.full_name;
  if (!ref.startsWith(HEADS)) return ignored('a push of no branch', place);
  const branch = ref.slice(HEADS.length);
  const isDefault = branch === repository.default_branch;
  const [before, after] = [commit(payload.before), commit(payload.after)];
  if (!isDefault && !isImageUpdaters(branch))
    return ignored('a push to a branch that promotions do not stand on', place);
  if (!isDefault && after === null) return ignored('a branch of Image Updater was removed', place);

  const by = { login: sender?.login ?? pusher.name, isBot: sender?.type === 'Bot' };
  const event = { kind: 'push', id, branch, before, after, isDefault, by } as const;
  // Image Updater's first branch may be the first that is heard of a deployment repository. Of pushes elsewhere nothing is kept.
  const isFirstHeard = isImageUpdaters(branch) || place.endsWith('-deployment');
  return { kind: 'event', repository: place, event, ...(isFirstHeard ? {} : { onlyKnown: true }) };
}

/** GitHub writes zeros where there is no commit. */
function commit(sha: Sha): Sha | null {
  return /^0+$/.test(sha) ? null : sha;
}
