/**
 * Completes package-lock.json after it changed: npm leaves out optional packages for other machines that the registry
 * in use does not serve, and `npm ci` then calls the lock incomplete. Run it with `npm run lock`.
 */
import { readFileSync, writeFileSync } from 'node:fs';

type Package = {
  version?: string;
  optionalDependencies?: Record<string, string>;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
};

const file = 'package-lock.json';
const lock: { packages: Record<string, Package> } = JSON.parse(readFileSync(file, 'utf8'));
const missing = Object.values(lock.packages).flatMap(({ optionalDependencies = {}, dev }) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => lock.packages[`node_modules/${name}`] === undefined)
    .map(
      ([name, version]) =>
        [name, { version, ...machineOf(name), ...(dev === true ? { dev } : {}), optional: true }] as const,
    ),
);
for (const [name, entry] of missing) lock.packages[`node_modules/${name}`] = entry;
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([one], [other]) => (one < other ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${file}: ${missing.length} packages for other machines added`);

/** Packages for one machine say in their names for which. */
function machineOf(name: string): Pick<Package, 'os' | 'cpu' | 'libc'> {
  const pick = (values: readonly string[]) => values.filter((value) => name.split(/[-/]/).includes(value));
  const os = pick([
    'linux',
    'darwin',
    'win32',
    'freebsd',
    'openbsd',
    'netbsd',
    'android',
    'sunos',
    'aix',
    'openharmony',
  ]);
  const cpu = pick(['x64', 'arm64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32']);
  const libc = /musl/.test(name) ? ['musl'] : /gnu|glibc/.test(name) ? ['glibc'] : [];
  const given = { os: name.includes('windows') ? ['win32'] : os, cpu: name.endsWith('-64') ? ['x64'] : cpu, libc };
  return Object.fromEntries(Object.entries(given).filter(([, values]) => values.length > 0));
}
