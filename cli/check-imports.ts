/** Keeps the one direction of imports: each room may import only what its row names. `npm run check` runs it. */
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** First match counts. `packages`: which npm packages the room may import; a type-only import counts as well. */
const ROOMS: readonly { room: RegExp; may: readonly RegExp[]; packages: readonly RegExp[] }[] = [
  { room: /^src\/words\//, may: [/^src\/words\//], packages: [/^zod$/, /^node:crypto$/] },
  { room: /^schemas\//, may: [/^schemas\//, /^src\/words\//], packages: [/^zod$/, /^yaml$/] },
  {
    room: /^src\/plan\.ts$/,
    may: [/^src\/(deployments|previews|promotions|routing)\//, /^schemas\//, /^src\/words\//],
    packages: [],
  },
  {
    room: /^src\/promotions\//,
    may: [/^src\/promotions\//, /^schemas\//, /^src\/words\//],
    packages: [/^yaml$/, /^semver\//, /^zod$/],
  },
  ...['deployments', 'previews', 'routing'].map((room) => ({
    room: new RegExp(`^src/${room}/`),
    may: [new RegExp(`^src/${room}/`), /^schemas\//, /^src\/words\//],
    packages: [],
  })),
  { room: /^src\/(log|recent)\.ts$/, may: [], packages: [] },
  { room: /^src\/settings\.ts$/, may: [/^schemas\//, /^src\/words\//, /^hawser\.yaml$/], packages: [] },
  {
    room: /^src\/perform\.ts$/,
    may: [/^src\/(github|argocd|image-updater)\/(?!installation)/, /^schemas\//, /^src\/words\//],
    packages: [],
  },
  {
    room: /^src\/(github|argocd)\//,
    may: [
      /^src\/(github|argocd)\//,
      /^src\/security\/(secret|body|allowed)\.ts$/,
      /^src\/(settings|log)\.ts$/,
      /^schemas\//,
      /^src\/words\//,
    ],
    packages: [/^@octokit\//, /^zod$/, /^node:crypto$/, /^cloudflare:workers$/],
  },
  {
    room: /^src\/preview-index\//,
    may: [/^src\/preview-index\//, /^src\/github\/migrations\.ts$/, /^src\/log\.ts$/, /^schemas\//, /^src\/words\//],
    packages: [/^zod$/, /^cloudflare:workers$/],
  },
  {
    room: /^src\/image-updater\//,
    may: [/^src\/security\/secret\.ts$/, /^schemas\//, /^src\/words\//],
    packages: [],
  },
  {
    room: /^src\/security\//,
    may: [/^src\/security\//, /^schemas\//, /^src\/words\//],
    packages: [/^node:crypto$/, /^zod$/, /^jose\//],
  },
  {
    room: /^src\/ledger\//,
    may: [
      /^src\/ledger\//,
      /^src\/(plan|perform|settings|log|recent)\.ts$/,
      /^src\/(deployments|previews|promotions|routing)\//,
      /^src\/github\/client\.ts$/,
      /^schemas\//,
      /^src\/words\//,
    ],
    packages: [/^cloudflare:workers$/, /^zod$/],
  },
  {
    room: /^functions\//,
    may: [/^functions\//, /^src\//, /^schemas\//],
    packages: [/^hono$/, /^zod$/, /^cloudflare:workers$/],
  },
];

const faults = globSync(['src/**/*.ts', 'schemas/**/*.ts', 'functions/**/*.ts']).flatMap(faultsOf);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;

function faultsOf(file: string): readonly string[] {
  const rule = ROOMS.find(({ room }) => room.test(file));
  if (rule === undefined) return [`${file}: belongs to no room; give it one in cli/check-imports.ts`];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const specifier = /^(?:import|export)\b.*?\bfrom '([^']+)'|^import '([^']+)'|^} from '([^']+)'/.exec(line);
      // The named import can't be shaken out of the bundle: it costs 80 KiB gzipped.
      if (/import \{.*\} from 'zod'/.test(line)) return [`${file}:${index + 1}: write import * as z from 'zod'`];
      const target = specifier?.[1] ?? specifier?.[2] ?? specifier?.[3];
      if (target === undefined) return [];
      const path = target.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), target)) : undefined;
      const allowed =
        path === undefined ? rule.packages.some((each) => each.test(target)) : rule.may.some((each) => each.test(path));
      return allowed ? [] : [`${file}:${index + 1}: imports ${path ?? target}, which is not below it`];
    });
}
