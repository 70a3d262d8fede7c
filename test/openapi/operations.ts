/** Finds the operation that a method and a path ask for: of the paths that fit, the one with the most said literally. */
import { description, type Operation, type Parameter, resolved } from './description.ts';

export type Called = {
  /** As the description writes it: `POST /repos/{owner}/{repo}/deployments`. */
  readonly name: string;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
  readonly inPath: Readonly<Record<string, string>>;
};

type Template = {
  readonly path: string;
  readonly pattern: RegExp;
  readonly literal: number;
};

const templates = new Map<string, readonly Template[]>();

export function calledBy(method: string, path: string): Called | undefined {
  const verb = method.toLowerCase();
  const known = templates.get(verb) ?? templatesOf(verb);
  templates.set(verb, known);
  const [template] = known
    .filter(({ pattern }) => pattern.test(path))
    .sort((one, other) => other.literal - one.literal);
  if (template === undefined) return undefined;
  const operation = description().paths[template.path]?.[verb];
  if (operation === undefined) return undefined;
  const values = Object.entries(template.pattern.exec(path)?.groups ?? {});
  return {
    name: `${method} ${template.path}`,
    operation,
    parameters: parametersOf(operation),
    inPath: Object.fromEntries(values.map(([name, value]) => [name, decodeURIComponent(value)])),
  };
}

function templatesOf(verb: string): readonly Template[] {
  return Object.entries(description().paths).flatMap(([path, operations]) => {
    const operation = operations[verb];
    return operation === undefined ? [] : [templateOf(path, operation)];
  });
}

function templateOf(path: string, operation: Operation): Template {
  const long = new Set(
    parametersOf(operation).flatMap((each) => (each['x-multi-segment'] === true ? [each.name] : [])),
  );
  const pattern = path
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replaceAll(/[.+]/g, '\\$&');
      return long.has(name) ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
    })
    .join('');
  return { path, pattern: new RegExp(`^${pattern}$`), literal: path.replaceAll(/\{\w+\}/g, '').length };
}

function parametersOf(operation: Operation): readonly Parameter[] {
  return (operation.parameters ?? []).map((parameter) => resolved<Parameter>(parameter));
}
