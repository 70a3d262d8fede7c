/** The router's pages as people see them: in Chromium, on a phone and on a desk, by day and by night. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Repository } from '../../src/words/repository.ts';
import { FORWARDED, type Site, startSite, ZONE } from '../routing/site.ts';
import { startChromium } from './chromium.ts';
import { contrastsOf, layoutOf } from './look.ts';

const LOG = 'https://argocd.example.com/applications/argocd/example-app-with-a-rather-long-name-of-its-own-7';
const LONG = 'feat-a-branch-whose-name-goes-on-and-on-up-to-fift';

const screens = [
  ['phone', { width: 320, height: 640 }, 'light'],
  ['phone', { width: 390, height: 844 }, 'dark'],
  ['desk', { width: 1280, height: 800 }, 'light'],
  ['desk', { width: 1280, height: 800 }, 'dark'],
] as const;

const pages = [
  ['building', 'new-checkout', 503, 'Preview new-checkout is being built'],
  ['failed', LONG, 503, `Preview ${LONG} has failed`],
  ['gone', 'old-checkout', 404, 'There is no preview old-checkout'],
  ['unknown', 'nobody', 404, 'There is no preview nobody'],
  ['invalid', 'feat_x', 400, 'This is no name that a preview can have'],
  ['unknown app', 'new-checkout--web', 404, 'There is no application of that name here'],
] as const;

/** The photographs of the last run: whoever changes a page looks at them. */
const PHOTOGRAPHS = '.hawser/pages';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  browser = await startChromium();
  site = await startSite({ kv: true, bridge: 'long kept' });
  await rm(PHOTOGRAPHS, { recursive: true, force: true });
  await mkdir(PHOTOGRAPHS, { recursive: true });
  await site.tell({ names: ['new-checkout'], number: 7, state: 'building', log: LOG });
  await site.tell({ names: [LONG], number: 1234, state: 'failed', log: LOG });
  const repository = Repository.parse(`acme/${'a-repository-with-quite-a-name-'.repeat(3)}x`);
  await site.tell({ names: [LONG], number: 5, state: 'failed', log: LOG, repository });
  await site.tell({ names: ['old-checkout'], number: 6, state: 'gone' });
});
afterAll(async () => {
  console.log(`The pages were photographed into ${PHOTOGRAPHS}`);
  await browser.close();
  await site.close();
});

function addressOf(name: string): string {
  return `http://${name}.${ZONE}:${site.port}/`;
}

describe.each(screens)('on a %s of %o, %s', (device, viewport, colorScheme) => {
  it.each(pages)('%s', async (kind, name, status, title) => {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));

    const answer = await page.goto(addressOf(name));
    await page.screenshot({
      path: join(PHOTOGRAPHS, `${[kind, device, viewport.width, colorScheme].join('-').replaceAll(' ', '-')}.png`),
    });

    expect(answer?.status()).toBe(status);
    expect(await page.title()).toBe(title);
    expect(await page.getByRole('main').getByRole('heading', { level: 1 }).textContent()).toBe(title);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    // Chromium says that the page itself was 4xx or 5xx; a style that its policy keeps out would be said as well.
    expect(complaints.filter((each) => !each.startsWith('Failed to load resource'))).toEqual([]);
    expect(await layoutOf(page)).toEqual({ sideways: 0, cut: [], small: [], unnamed: [] });
    expect(await contrastsOf(page)).toEqual([]);
    await context.close();
  });
});

describe('somebody who waits', () => {
  it('sees the preview when it is ready, without doing anything', async () => {
    await site.tell({ names: ['soon'], number: 20, state: 'building' });
    const page = await browser.newPage();
    await page.goto(addressOf('soon'));
    expect(await page.title()).toBe('Preview soon is being built');
    await site.tell({ names: ['soon'], number: 20, state: 'ready' });

    await page.getByText(FORWARDED).waitFor({ timeout: 20_000 });
    await page.close();
  });
});

describe('a page', () => {
  it('is gone through by keyboard, link by link, and shows where one is', async () => {
    const page = await browser.newPage();
    await page.goto(addressOf(LONG));
    const visited: string[] = [];
    for (let link = 0; link < 4; link += 1) {
      await page.keyboard.press('Tab');
      visited.push(await focusedIn(page));
    }

    expect(visited.map((each) => each.replace(/acme\/a-.*x/, 'acme/other'))).toEqual([
      'Pull request #5 of acme/other, outlined',
      'Log in Argo CD of acme/other #5, outlined',
      'Pull request #1234 of acme/shop, outlined',
      'Log in Argo CD of acme/shop #1234, outlined',
    ]);
    await page.close();
  });

  it('is as wide as the window when its text is twice as large', async () => {
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    await page.goto(addressOf(LONG));
    // As for a person who has set larger letters in the browser.
    await page.evaluate(() => {
      document.documentElement.style.fontSize = '200%';
    });

    expect((await layoutOf(page)).sideways).toBe(0);
    await page.screenshot({ path: join(PHOTOGRAPHS, 'failed-phone-twice-as-large.png') });
    await page.close();
  });

  it('does not move for who wants no motion', async () => {
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(addressOf('new-checkout'));

    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await context.close();
  });
});

function focusedIn(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (focused === null) return 'nothing';
    const isOutlined = getComputedStyle(focused).outlineStyle !== 'none';
    return `${focused.getAttribute('aria-label')}, ${isOutlined ? 'outlined' : 'unmarked'}`;
  });
}
