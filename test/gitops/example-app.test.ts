/** What in the shipped application's repository must agree with something outside its own tests. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { fileOf } from '../../cli/judged-set.ts';

const read = (path: string) => readFileSync(fileOf(path), 'utf8');
const dockerfile = read('example-app/Dockerfile');

it('every base of the image is pinned by its digest, and says its version', () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);

  expect(bases).toHaveLength(2);
  for (const base of bases) expect(base).toMatch(/^[^@]+:[^@]+@sha256:[0-9a-f]{64}$/);
});

it('the image is run as the user, and asked at the port, that it is made for', () => {
  const { spec } = z
    .object({
      spec: z.object({
        template: z.object({
          spec: z.object({
            securityContext: z.object({ runAsUser: z.int(), runAsGroup: z.int() }),
            containers: z.array(z.object({ ports: z.array(z.object({ containerPort: z.int() })) })),
          }),
        }),
      }),
    })
    .parse(parse(read('example-app-deployment/base/deployment.yaml')));
  const { securityContext, containers } = spec.template.spec;

  expect(dockerfile).toContain(`USER ${securityContext.runAsUser}:${securityContext.runAsGroup}\n`);
  expect(dockerfile).toContain(`EXPOSE ${containers[0]?.ports[0]?.containerPort}\n`);
});

it('the version is the same wherever it stands', () => {
  const Manifest = z.object({ version: z.string() });
  const { version } = Manifest.parse(JSON.parse(read('example-app/package.json')));

  expect(Manifest.parse(JSON.parse(read('example-app/package-lock.json'))).version).toBe(version);
  expect(JSON.parse(read('example-app/.release-please-manifest.json'))).toEqual({ '.': version });
  expect(read('example-app-deployment/overlays/production/kustomization.yaml')).toContain(`newTag: v${version}\n`);
});

it('every dependency is of one version, and the lock names no registry', () => {
  const { dependencies, devDependencies } = z
    .object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('example-app/package.json')));

  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(read('example-app/package-lock.json')).not.toContain('"resolved"');
});

it('the service is stopped before the pod is killed', () => {
  const deployment = read('example-app-deployment/base/deployment.yaml');
  const [, grace] = /terminationGracePeriodSeconds: (\d+)/.exec(deployment) ?? [];
  const [, pause] = /sleep: \{ seconds: (\d+) \}/.exec(deployment) ?? [];
  const [, patience, flush] =
    /PATIENCE = ([\d_]+);[\s\S]*FLUSH = ([\d_]+);/.exec(read('example-app/src/main.ts')) ?? [];
  const milliseconds = (text: string | undefined) => Number(text?.replaceAll('_', ''));

  expect(Number(pause) * 1_000 + milliseconds(patience) + milliseconds(flush)).toBeLessThan(Number(grace) * 1_000);
});
