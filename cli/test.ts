/**
 * `npm test`: every test, a run for each project side by side, since vitest runs projects one after the other and each mostly waits.
 * What they say is printed one after the other, and then the sum. With arguments it is one `vitest run` with these.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const VITEST = 'node_modules/vitest/vitest.mjs';
const CLOSING = /^(\d+) passed, (\d+) failed$/gm;

const given = process.argv.slice(2);
process.exitCode = given.length > 0 ? await alone(given) : await sideBySide();

async function alone(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [VITEST, 'run', ...args], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}

async function sideBySide(): Promise<number> {
  console.log('Three runs side by side, some three minutes; what they say comes when each has ended.');
  const runs = ['node', 'worker', 'trials'].map((project) => {
    const child = spawn(process.execPath, [VITEST, 'run', '--project', project], { stdio: ['ignore', 'pipe', 'pipe'] });
    return { said: Promise.all([text(child.stdout), text(child.stderr)]), exit: once(child, 'exit') };
  });
  let [passed, failed, worst] = [0, 0, 0];
  for (const { said, exit } of runs) {
    const [out, err] = await said;
    const [code] = await exit;
    process.stdout.write(out.replace(CLOSING, ''));
    process.stderr.write(err);
    // A run that does not get to its closing line has failed, whatever else it says.
    const [closing] = [...out.matchAll(CLOSING)].slice(-1);
    passed += Number(closing?.[1] ?? 0);
    failed += Number(closing?.[2] ?? 1);
    worst = Math.max(worst, typeof code === 'number' ? code : 1);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? Math.max(worst, 1) : worst;
}
