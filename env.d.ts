/** The Worker's bindings. Secrets have open-ended names (`ARGOCD_<NAME>_TOKEN`), so they are read by name and may be absent. */
declare namespace Cloudflare {
  interface Env {
    readonly LEDGER: DurableObjectNamespace<import('./src/ledger/ledger.ts').Ledger>;
    readonly INSTALLATION: DurableObjectNamespace<import('./src/github/installation.ts').Installation>;
    readonly REFRESHER: DurableObjectNamespace<import('./src/argocd/refresher.ts').Refresher>;
    readonly HOOK: DurableObjectNamespace<import('./src/github/hook.ts').Hook>;
    readonly PREVIEW_INDEX: DurableObjectNamespace<import('./src/preview-index/preview-index.ts').PreviewIndex>;
    /** What the preview router reads; without it, it asks. */
    readonly PREVIEWS?: KVNamespace;
    readonly GITHUB_API_URL: string;
    readonly GITHUB_APP_ID: string;
    /** JSON in the place of `hawser.yaml`. */
    readonly HAWSER?: string;
    readonly GITHUB_APP_PRIVATE_KEY?: string;
    readonly GITHUB_WEBHOOK_SECRET?: string;
    readonly HAWSER_OPERATOR_TOKEN?: string;
  }
}

declare module '*.yaml' {
  const text: string;
  export default text;
}
