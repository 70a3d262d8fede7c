/** What can be measured of how a page looks: what is cut off, too small to touch, or too pale to read. */
import type { Page } from 'playwright-core';

/** WCAG 2.2, 2.5.8: so many pixels each way. */
const TOUCHABLE = 24;
/** WCAG 2.2, 1.4.3. */
const READABLE = 4.5;

export type Layout = {
  /** So many pixels wider than the window. */
  readonly sideways: number;
  /** Elements whose text does not fit. */
  readonly cut: readonly string[];
  readonly small: readonly string[];
  readonly unnamed: readonly string[];
};

export function layoutOf(page: Page): Promise<Layout> {
  return page.evaluate((touchable) => {
    const all = [...document.querySelectorAll('main, main *')];
    const links = [...document.querySelectorAll('a')];
    const text = (element: Element) => element.textContent?.trim() ?? '';
    const isCut = (element: Element) => {
      const { left, right } = element.getBoundingClientRect();
      return left < 0 || right > innerWidth || element.scrollWidth > element.clientWidth + 1;
    };
    const isSmall = (link: Element) => {
      const { width, height } = link.getBoundingClientRect();
      return width < touchable || height < touchable;
    };
    return {
      sideways: Math.max(0, document.documentElement.scrollWidth - innerWidth),
      cut: all.filter((element) => element.clientWidth > 0 && isCut(element)).map(text),
      small: links.filter(isSmall).map(text),
      unnamed: links.filter((link) => (link.getAttribute('aria-label') ?? text(link)) === '').map(({ href }) => href),
    };
  }, TOUCHABLE);
}

/** Texts that are too pale for what they stand on, with their ratio. */
export async function contrastsOf(page: Page): Promise<readonly string[]> {
  const painted = await page.evaluate(() =>
    [...document.querySelectorAll('main h1, main code, main p, main span, main a')].map((element) => {
      const main = document.querySelector('main') ?? element;
      const text = element.textContent?.trim() ?? '';
      return { text, ink: getComputedStyle(element).color, paper: getComputedStyle(main).backgroundColor };
    }),
  );
  return painted
    .map(({ text, ink, paper }) => ({ text, ratio: contrast(luminance(ink), luminance(paper)) }))
    .filter(({ ratio }) => ratio < READABLE)
    .map(({ text, ratio }) => `${text}: ${ratio.toFixed(2)}`);
}

function contrast(one: number, other: number): number {
  const [lighter, darker] = one > other ? [one, other] : [other, one];
  return (lighter + 0.05) / (darker + 0.05);
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
