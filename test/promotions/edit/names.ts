/** Names of entries that may mean `ghcr.io/acme/shop`, as Kustomize reads them: for the tests, and for a real `kustomize build` to judge. */
type Name = {
  readonly name: string;
  /** Whether Kustomize changes the image for it, whatever its tag is. */
  readonly means: boolean;
  /** Hawser can't tell, or can't know: it is taken for one that does. */
  readonly isUnsure?: boolean;
};

export const names: readonly Name[] = [
  { name: 'ghcr.io/acme/.*', means: true },
  { name: 'ghcr.io/(acme|other)/shop', means: true },
  { name: 'ghcr.io/(?:acme|other)/sh?op', means: true },
  { name: 'ghcr.io/acme/sho[a-p]', means: true },
  { name: 'ghcr.io/acme/shop(:.*)?', means: true },
  { name: 'ghcr.io/acme/sho.', means: true },
  { name: 'ghcr.io/acme.shop', means: true },
  { name: 'ghcr\\.io/acme/shop', means: true },
  { name: '.*', means: true },
  { name: '.*/shop', means: true },
  { name: '[^/]+/acme/shop$', means: false, isUnsure: true },
  { name: 'ghcr.io|redis', means: true },
  { name: 'ghcr.io/acme/shop:v0.0.0', means: true },
  { name: 'ghcr.io/acme/shop:v7.0.0', means: false, isUnsure: true },
  { name: 'ghcr.io/acme/shop:v7.*', means: false, isUnsure: true },
  { name: 'ghcr.io/acme/(shop:v7|shop:v8)', means: false, isUnsure: true },
  { name: 'ghcr.io/acme/shop@sha256:.*', means: false, isUnsure: true },
  { name: '(?i)GHCR.IO/ACME/SHOP', means: true, isUnsure: true },
  { name: '(?i)redis', means: false, isUnsure: true },
  { name: 'ghcr.io/acme/sho+?p', means: true, isUnsure: true },
  { name: 'shop', means: false },
  { name: 'acme/.*', means: false },
  { name: 'ghcr.io/acme/', means: false },
  { name: 'ghcr.io/acme/shop-.*', means: false },
  { name: 'ghcr.io/acme/shop.worker', means: false },
  { name: 'ghcr.io/acme/shopx?y', means: false },
  { name: '(?:redis|valkey)', means: false },
  { name: 'ghcr.io/acme/[^s].*', means: false },
  { name: 'ghcr.io:5000/acme/shop', means: false },
];
