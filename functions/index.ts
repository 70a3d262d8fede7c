/** What the platform starts: requests, the cron tick, and the Durable Objects. */
import { app } from './app.ts';
import { sweep } from './sweep.ts';

export { Refresher } from '../src/argocd/refresher.ts';
export { Hook } from '../src/github/hook.ts';
export { Installation } from '../src/github/installation.ts';
export { Ledger } from '../src/ledger/ledger.ts';
export { PreviewIndex } from '../src/preview-index/preview-index.ts';
export { PreviewNames } from './preview-names.ts';

const worker = {
  fetch: (request, env, context) => app.fetch(request, env, context),
  scheduled: (_controller, env) => sweep(env),
} satisfies ExportedHandler<Cloudflare.Env>;
export default worker;

declare global {
  namespace Cloudflare {
    /** Gives `exports` of `cloudflare:workers` its type. */
    interface GlobalProps {
      mainModule: { default: typeof worker };
    }
  }
}
