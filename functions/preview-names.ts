/** What the preview router may ask the bridge, over a service binding: there is no route to it. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { NamedPreviews } from '../schemas/preview-entry.ts';
import { isLabel } from '../src/words/label.ts';
import { previewIndexOf } from './ledgers.ts';

export class PreviewNames extends WorkerEntrypoint {
  /** Undefined: of that zone nothing is known here, so that nothing follows from a name being unknown. */
  async find(zone: string, name: string): Promise<NamedPreviews | undefined> {
    const found = previewIndexOf(this.env);
    return found?.zone === zone && isLabel(name) ? found.index.find(name) : undefined;
  }
}
