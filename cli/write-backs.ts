/** What Image Updater is asked to write back, and what shall become of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

export const IMAGE = 'ghcr.io/acme/shop';
const DIGEST = `sha256:${'1'.repeat(64)}`;

export const OVERLAY = `# Who is on call changes this by hand.
resources:
    - ../../base
images:
    -   name: ${IMAGE}   # the shop
        newTag: "v1.4.0"
    - name: redis
      newTag: "7"
`;
export const FILES: Readonly<Record<string, string>> = {
  'base/kustomization.yaml': 'resources:\n- deployment.yaml\n',
  'overlays/sandbox/kustomization.yaml': OVERLAY,
  'overlays/production/kustomization.yaml': OVERLAY,
};
export const NAMED = 'image-updater-{{range .Images}}{{.Name}}-{{.NewTag}}{{end}}';
export type Case = {
  readonly target?: string;
  readonly environment: string;
  readonly writeBranch?: string;
  readonly image?: string;
  readonly helm?: readonly { readonly name: string; readonly value: string; readonly forceString: boolean }[];
  /** `environment image:tag@digest` */
  readonly candidates: readonly string[];
  /** By the branch of its pull request, what a promotion changes. */
  readonly promotions: Readonly<Record<string, readonly string[]>>;
};

const ImageUpdater = z.strictObject({
  apiVersion: z.literal('argocd-image-updater.argoproj.io/v1alpha1'),
  kind: z.literal('ImageUpdater'),
  metadata: z.strictObject({ name: z.string(), namespace: z.literal('argocd') }),
  spec: z.strictObject({
    writeBackConfig: z.strictObject({
      method: z.string().regex(/^(argocd|git|git:[a-zA-Z0-9][\w.:/-]*)$/),
      gitConfig: z.strictObject({ branch: z.templateLiteral(['main:', z.string()]), writeBackTarget: z.string() }),
    }),
    applicationRefs: z.array(
      z.strictObject({
        namePattern: z.string(),
        images: z.array(
          z.strictObject({
            alias: z.string().regex(/^[a-zA-Z0-9][\w.-]*$/),
            imageName: z.string(),
            commonUpdateSettings: z.strictObject({ updateStrategy: z.literal('semver'), allowTags: z.string() }),
            manifestTargets: z.strictObject({ kustomize: z.strictObject({ name: z.string() }) }),
          }),
        ),
      }),
    ),
  }),
});
const SHIPPED = join(import.meta.dirname, '../gitops/argo-config/apps/image-updater.yaml');
/** The one of argo-config: its fields are those of Image Updater's API that it uses, read at 04a58eca. */
const shipped = ImageUpdater.parse(parse(readFileSync(SHIPPED, 'utf8')));
const { branch, writeBackTarget } = shipped.spec.writeBackConfig.gitConfig;

const TAGGED = ['-6         newTag: "v1.4.0"', '+6         newTag: "v1.5.0"'];

export const cases: Readonly<Record<string, Case>> = {
  "an overlay's kustomization": {
    target: 'kustomization',
    environment: 'production',
    candidates: [`production ${IMAGE}:v1.5.0`],
    promotions: { 'hawser/production/shop': TAGGED },
  },
  'as the shipped configuration has it': {
    target: writeBackTarget,
    environment: 'production',
    writeBranch: branch.slice('main:'.length),
    candidates: [`production ${IMAGE}:v1.5.0`],
    promotions: { 'hawser/production/shop': TAGGED },
  },
  'the base that all overlays share': {
    target: 'kustomization:../../base',
    environment: 'production',
    candidates: [`all ${IMAGE}:v1.5.0`],
    promotions: { 'hawser/production/shop': TAGGED, 'hawser/sandbox/shop': TAGGED },
  },
  'a kustomization said from the root, on a branch named by its hash': {
    target: 'kustomization:/overlays/sandbox',
    environment: 'production',
    writeBranch: 'image-updater-{{.SHA256}}',
    candidates: [`sandbox ${IMAGE}:v1.5.0`],
    promotions: { 'hawser/sandbox/shop': TAGGED },
  },
  'an image under an alias': {
    target: 'kustomization',
    environment: 'sandbox',
    image: `shop=${IMAGE}:v1.5.0`,
    candidates: [`sandbox ${IMAGE}:v1.5.0`],
    promotions: { 'hawser/sandbox/shop': TAGGED },
  },
  'a digest': {
    target: 'kustomization',
    environment: 'sandbox',
    image: `${IMAGE}@${DIGEST}`,
    candidates: [`sandbox ${IMAGE}@${DIGEST}`],
    promotions: { 'hawser/sandbox/shop': ['-6         newTag: "v1.4.0"', `+6         digest: "${DIGEST}"`] },
  },
  'a tag with its digest': {
    target: 'kustomization',
    environment: 'sandbox',
    image: `${IMAGE}:v1.5.0@${DIGEST}`,
    candidates: [`sandbox ${IMAGE}:v1.5.0@${DIGEST}`],
    promotions: { 'hawser/sandbox/shop': TAGGED },
  },
  "the application's own file, for Kustomize": {
    environment: 'production',
    candidates: [`production ${IMAGE}:v1.5.0`],
    promotions: { 'hawser/production/shop': TAGGED },
  },
  "the application's own file, for Helm": {
    environment: 'sandbox',
    helm: [
      { name: 'image.name', value: IMAGE, forceString: true },
      { name: 'image.tag', value: 'v1.5.0', forceString: true },
    ],
    candidates: [`sandbox ${IMAGE}:v1.5.0`],
    promotions: { 'hawser/sandbox/shop': TAGGED },
  },
};
