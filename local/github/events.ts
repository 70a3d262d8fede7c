/** Turns what emulate announces into what GitHub would: see facts in each case. */
import * as z from 'zod';
import type { InnerEvent, InnerRepository } from './inner-protocol.ts';
import { pushOf } from './push.ts';
import { readInner } from './resolve.ts';
import { type Announcement, type Caller, loginOf, type World } from './world.ts';

const Numbered = z.object({ number: z.number() });
const Moved = z.object({ ref: z.string(), before: z.string(), after: z.string() });
const Created = z.object({ ref: z.string(), ref_type: z.string() });
const Ref = z.object({ object: z.object({ sha: z.string() }) });
const nowhere = '0'.repeat(40);

export async function mend(
  world: World,
  caller: Caller,
  event: InnerEvent,
  repository: InnerRepository | undefined,
): Promise<Announcement[]> {
  const plain = { event: event.event, action: event.action, payload: event.payload, repository };
  if (!repository) return [plain];
  const sender = loginOf(world, caller);
  switch (event.event) {
    case 'issues': {
      // emulate calls a labelled pull request an issue, and gives the whole pull request as `issue`.
      const { issue, ...rest } = event.payload;
      const pull = z.object({ number: z.number(), head: z.unknown() }).safeParse(issue);
      if (!pull.success || pull.data.head === undefined) return [plain];
      return [await aboutPull(world, repository, { ...plain, event: 'pull_request', payload: rest }, pull.data.number)];
    }
    case 'pull_request': {
      const pull = Numbered.safeParse(event.payload['pull_request'] ?? event.payload);
      return pull.success ? [{ ...(await aboutPull(world, repository, plain, pull.data.number)), sender }] : [plain];
    }
    case 'create': {
      const created = Created.parse(event.payload);
      const short = created.ref.replace(/^refs\/(heads|tags)\//, '');
      const found = Ref.safeParse(await readInner(world, repository, `/git/ref/${created.ref.replace(/^refs\//, '')}`));
      const after = found.success ? found.data.object.sha : nowhere;
      // GitHub pushes, too; and its `create` names the ref without refs/heads/.
      const push = await pushOf(world, repository, { ref: created.ref, before: nowhere, after }, sender);
      return [{ ...plain, payload: { ...event.payload, ref: short, description: null, pusher_type: 'user' } }, push];
    }
    case 'push':
      return [await pushOf(world, repository, Moved.parse(event.payload), sender)];
    default:
      return [plain];
  }
}

/** Shows the pull request as it is now, with the number beside it, as every pull_request event has it. */
async function aboutPull(
  world: World,
  repository: InnerRepository,
  announcement: Announcement,
  number: number,
): Promise<Announcement> {
  const pull_request = await readInner(world, repository, `/pulls/${number}`);
  const { before, after } = announcement.payload;
  const moved = before === undefined ? {} : { before, after };
  const { pull_request: _, ...rest } = announcement.payload;
  return { ...announcement, payload: { ...rest, number, pull_request, ...moved } };
}
