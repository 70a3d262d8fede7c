/** The interpreter's own cases, and an example of each difference that has a name, as they are asked of both. */
import type { MeshRequest } from '../../local/mesh/request.ts';
import { EDGE, FITTING, type Made, ORDER, PRECEDENCE, requestOf, routeOf, serviceOf } from '../../test/mesh/cases.ts';
import type { Played } from './compare.ts';
import { gatewayOf } from './gateway-of.ts';
import { NAMED } from './named-differences.ts';

/** Each at a listener and in namespaces of its own, and without ages: `egctl` knows none. */
export function cases(): Played {
  const all = [
    ...PRECEDENCE.map(([, made, asked]) => ({ made, asked })),
    ...ORDER.map(([, made, asked]) => ({ made, asked })),
    ...FITTING.map(([, matches, asked]) => ({
      made: [{ name: 'only', age: 1, rules: [[matches, 'only']] }] satisfies Made[],
      asked,
    })),
  ];
  return atListenersOfTheirOwn(all.map(({ made, asked }) => ({ made, request: requestOf(asked) })));
}

/** One for each difference that has a name. */
export function examples(): Played {
  return atListenersOfTheirOwn(NAMED.map(({ example: { made, asked } }) => ({ made, request: requestOf(asked) })));
}

function atListenersOfTheirOwn(
  all: readonly { readonly made: readonly Made[]; readonly request: MeshRequest }[],
): Played {
  const manifests = all.flatMap(({ made }, index) => {
    const names = new Set(made.flatMap(({ rules }) => rules.map(([, to]) => to)));
    const services = [...names].flatMap((name) => ['shop', 'elsewhere'].map((namespace) => serviceOf(name, namespace)));
    return [...made.map(routeOf), ...services].map((object) =>
      object
        .replaceAll(/namespace: (shop|elsewhere)/g, `namespace: $1-${index}`)
        .replace(`name: ${EDGE.name},`, `name: ${EDGE.name}, sectionName: case-${index},`)
        .replace(/, creationTimestamp: "[^"]*"/, ''),
    );
  });
  const sections = all.map((_, index) => `case-${index}`);
  return {
    manifests: [gatewayOf(EDGE, sections), ...manifests].join('---\n'),
    asked: all.map(({ request }, index) => ({ met: { ...EDGE, section: `case-${index}` }, request })),
  };
}
