/** The shipped argo-config and the organisation's labels, beside what Hawser itself says: for whoever has no Go. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application, ApplicationSet, AppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { SET } from '../../cli/judged-set.ts';
import { Config } from '../../schemas/config.ts';
import { parseConfig } from '../../schemas/parse-config.ts';
import { PromotionRules } from '../../schemas/promotion-rules.ts';

const read = (path: string) => readFileSync(join(SET, path), 'utf8');

/** Argo CD's own Go types, as validators. They let unknown fields pass: conformance/reference does not. */
const KINDS = { Application, ApplicationSet, AppProject } as const;
const isKind = (kind: unknown): kind is keyof typeof KINDS => typeof kind === 'string' && kind in KINDS;
const objects = globSync('argo-config/{bootstrap,apps}/**/*.yaml', { cwd: SET })
  .toSorted()
  .flatMap((path) => parseAllDocuments(read(path)).map((document) => ({ path, object: document.toJS() })))
  .filter(({ object }) => isKind(object.kind));

describe("what is Argo CD's", () => {
  it('is all there', () => {
    expect(objects.map(({ object }) => `${object.kind} ${object.metadata.name}`).toSorted()).toEqual([
      'AppProject addons',
      'AppProject applications',
      'AppProject argo-config',
      'AppProject mesh',
      'AppProject previews',
      'Application apps',
      'Application argocd-settings',
      'ApplicationSet addons',
      'ApplicationSet applications',
      'ApplicationSet mesh',
      'ApplicationSet previews',
    ]);
  });

  it.each(objects)('is valid: $path', ({ object }) => {
    expect(() => validate(object)).not.toThrow();
  });

  it('would be refused with a value of the wrong kind', () => {
    const wrong = structuredClone(objects.find(({ object }) => object.kind === 'AppProject')?.object);
    wrong.spec.sourceRepos = 'https://github.com/example-org/*-addon';

    expect(() => validate(wrong)).toThrow(/sourceRepos/);
  });
});

it('tells Hawser of an instance as Hawser wants it told', () => {
  const [, snippet = ''] = /```yaml\n(.*?)```/s.exec(read('argo-config/README.md')) ?? [];

  const parsed = parseConfig(snippet, 'argo-config/README.md');

  expect(parsed.ok ? [] : parsed.failure).toEqual([]);
});

it('has the labels that Hawser and the ApplicationSet look for', () => {
  const labels = z
    .array(z.object({ name: z.string() }))
    .parse(JSON.parse(read('.github/actions/labels/labels.json')))
    .map(({ name }) => name);
  const { label, keepLabel } = Config.parse({}).previews;
  const organisation = PromotionRules.omit({ targets: true })
    .loose()
    .parse(parseAllDocuments(read('.github/.github/image-promotion.yml'))[0]?.toJS());

  expect(labels).toEqual([label, keepLabel, ...(organisation.pr?.labels ?? []), organisation.pr?.hold]);
});

function validate(object: { readonly kind: keyof typeof KINDS }): void {
  new KINDS[object.kind](Object(object)).validate();
}
