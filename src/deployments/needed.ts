/** Names what a plan will want to know of a repository to decide about a notification: never the whole ledger. */
import type { Application } from '../../schemas/notification.ts';
import { imageOf } from '../words/image.ts';
import type { Instant } from '../words/instant.ts';
import { slotOf } from './application.ts';
import { operationOf } from './operation.ts';

export type Needed = {
  readonly slot: string;
  /** Every commit that the notification may turn out to speak of. */
  readonly shas: readonly string[];
  /** Images, without tag and digest, whose tags may have been read before. */
  readonly images: readonly string[];
  readonly start: Instant | undefined;
};

export function neededFor(app: Application): Needed {
  const operation = operationOf(app);
  const texts = [
    ...(operation?.appliedImages ?? []),
    ...(operation?.requestedImages ?? []),
    ...(app.status?.summary?.images ?? []),
  ];
  const images = texts.map(imageOf);
  const annotated = app.metadata.annotations['github.com/sha'];
  return {
    slot: slotOf(app),
    shas: [...new Set([...images.map((image) => image.tag ?? ''), annotated ?? ''])],
    images: [...new Set(images.map((image) => image.name))],
    start: operation?.start,
  };
}
