/** Kustomizations in every way that people write them, known to the byte: what stands before the pin, it, and what follows. */
import * as fc from 'fast-check';
import { IMAGE } from './shape.ts';

export type Written = { readonly before: string; readonly tag: string; readonly quote: string; readonly after: string };

/** What carries a tag: versions, hashes of both lengths, builds, dates, and whatever a registry takes. */
export const tag: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.nat(3), fc.nat(20), fc.nat(9)).map(([major, minor, patch]) => `v${major}.${minor}.${patch}`),
  fc.tuple(fc.nat(3), fc.nat(20)).map(([major, minor]) => `${major}.${minor}`),
  hex(7),
  hex(40),
  fc.nat(99_999_999).map(String),
  fc.tuple(fc.nat(9), fc.nat(99)).map(([base, exponent]) => `${base}e${exponent}`),
  fc.constantFrom(
    'latest',
    'on',
    'NO',
    'y',
    'null',
    'true',
    '0x1f',
    '0X1F',
    '1_0',
    '1e_5',
    '2026-11-25',
    '08',
    '0o17',
    '_',
  ),
  fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/),
);

function hex(length: number): fc.Arbitrary<string> {
  return fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
}

const comment = fc.constantFrom('', '', ' # by hand', '   # ünïcode 🚀', '\t# newTag: v0 "quoted\'');
const ownLine = fc.constantFrom('', '', '# images:', '   ', '    # - name: ghcr.io/acme/shop');
const quote = fc.constantFrom('', '"', "'");
const others = fc.constantFrom(
  'resources:\n- ../../base\n',
  'resources:\n  - ../../base\n  - deployment.yaml # ours\n',
  'namespace:   production\n',
  'commonLabels: {app: shop,  "tier": \'web\'}\n',
  `commonAnnotations:\n  text: "a\\tb"\n  long: ${'word '.repeat(40)}\n`,
  'configMapGenerator:\n- name: env\n  literals:\n  - newTag=v1\n',
  'patches:\n- patch: |-\n    - op: replace\n      path: /spec/image\n      value: ghcr.io/acme/shop:v0\n  target:\n    kind: Deployment\n',
  'configurations: &none []\ncrds: *none\n',
);
const entry = fc.record({
  name: fc.constantFrom('redis', 'ghcr.io/acme/shop-worker', 'ghcr.io/acme', 'shop:5000/acme/shop'),
  tag,
});
const layout = fc.record({
  top: fc.uniqueArray(others, { maxLength: 4 }),
  bottom: fc.uniqueArray(others, { maxLength: 3 }),
  before: fc.uniqueArray(entry, { maxLength: 2, selector: ({ name }) => name }),
  after: fc.uniqueArray(entry, { maxLength: 2, selector: ({ name }) => name }),
  indent: fc.constantFrom('', '  ', '    '),
  name: fc.constantFrom(['name'], ['name', 'newName'], ['newName', 'name']),
  tagFirst: fc.boolean(),
  flow: fc.boolean(),
  gap: fc.constantFrom(' ', '  ', '     '),
  quotes: fc.tuple(quote, quote),
  comments: fc.tuple(comment, comment, comment),
  ownLines: fc.tuple(ownLine, ownLine),
  head: fc.constantFrom('', '---\n', '# ours\n\n---\n', '\uFEFF'),
  endless: fc.boolean(),
  windows: fc.boolean(),
});

export const written: fc.Arbitrary<Written> = fc.tuple(layout, tag).map(([it, pinned]) => {
  const names = it.name.map(
    (key, index) =>
      `${key}: ${key === 'name' && it.name.length > 1 ? 'shop' : quoted(IMAGE, index === 0 ? it.quotes[0] : '')}`,
  );
  const plain = ({ name, tag: other }: { name: string; tag: string }) =>
    `${it.indent}- name: ${name}\n${it.indent}  newTag: '${other}'\n`;
  const key = `newTag:${it.gap}`;
  const [open, close] = it.flow
    ? it.tagFirst
      ? [`{${key}`, `, ${names.join(', ')}}`]
      : [`{ ${names.join(',   ')}, ${key}`, ' }']
    : it.tagFirst
      ? [key, `${it.comments[0]}\n${names.map((line) => `${it.indent}  ${line}`).join('\n')}`]
      : [`${names.join(`\n${it.indent}  `)}${it.comments[0]}\n${it.indent}  ${key}`, ''];
  const before = [
    it.head,
    ...distinct(it.top),
    `images:${it.comments[1]}\n`,
    line(it.ownLines[0]),
    ...it.before.map(plain),
    `${it.indent}- ${open}`,
  ];
  const rest = it.bottom.filter((block) => !it.top.some((other) => keyOf(other) === keyOf(block)));
  const after = [close, it.comments[2], '\n', line(it.ownLines[1]), ...it.after.map(plain), ...distinct(rest)];
  const asWritten = (parts: readonly string[]) =>
    it.windows ? parts.join('').replaceAll('\n', '\r\n') : parts.join('');
  const end = asWritten(after);
  return {
    before: asWritten(before),
    tag: pinned,
    quote: it.quotes[1],
    after: it.endless ? end.replace(/[\r\n]+$/, '') : end,
  };
});

export function quoted(text: string, quote: string): string {
  return `${quote}${text}${quote}`;
}

function line(text: string): string {
  return text === '' ? '' : `${text}\n`;
}

function keyOf(block: string): string {
  return block.slice(0, block.indexOf(':'));
}

function distinct(blocks: readonly string[]): readonly string[] {
  return blocks.filter((block, index) => blocks.findIndex((other) => keyOf(other) === keyOf(block)) === index);
}
