/** The system's Chromium, which goes to every name of the previews' zone on this machine. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { ZONE } from '../routing/site.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    // It runs as root in a container, where there is no sandbox to be had; it sees pages of ours alone.
    args: ['--no-sandbox', `--host-resolver-rules=MAP *.${ZONE} 127.0.0.1, MAP * ~NOTFOUND`],
  });
}

function findChromium(): string {
  const { CHROMIUM, PATH = '' } = process.env;
  const places = PATH.split(delimiter).flatMap((directory) => NAMES.map((name) => join(directory, name)));
  const found = (CHROMIUM === undefined ? places : [CHROMIUM]).find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `${CHROMIUM ?? 'Chromium'} is not there: install it (apt-get install chromium), or set CHROMIUM to its path`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
