/** Makes the chart `argo-cd`'s values of Argo CD's settings, so that both ways to install Argo CD have the same ones. */
import { Document, isMap, isPair, isScalar, Pair, parse, parseDocument, YAMLMap } from 'yaml';

const HEADER = ` The settings of ../argocd as values of the chart argo/argo-cd: for whoever installs Argo CD with Helm.
 \`subscriptions\` is a list, which a later file of values replaces as a whole; everything else is merged by key.`;

/** The files' texts: notifications, argocd-cm, argocd-rbac-cm, and objects beside them. */
export type Settings = {
  readonly notifications: string;
  readonly cm: string;
  readonly rbac: string;
  readonly objects: readonly string[];
};

/** The chart makes the name and the namespace of a ConfigMap, and copies its keys. */
export function helmValues({ notifications, cm, rbac, objects }: Settings): string {
  const values = new Document({}, { aliasDuplicateObjects: false });
  values.commentBefore = HEADER;
  const { argocdUrl, ...context } = parse(textOf(dataOf(notifications), 'context'));
  values.set('configs', mapOf({ cm: dataOf(cm), rbac: dataOf(rbac) }));
  values.set(
    'notifications',
    mapOf({
      argocdUrl,
      context,
      notifiers: those(notifications, 'service.'),
      subscriptions: parseDocument(textOf(dataOf(notifications), 'subscriptions')).contents,
      triggers: those(notifications, 'trigger.', 'defaultTriggers.'),
      templates: those(notifications, 'template.'),
    }),
  );
  values.set('extraObjects', values.createNode(objects.map((text) => parse(text))));
  return values.toString({ lineWidth: 0 });
}

function dataOf(text: string): YAMLMap {
  const data = parseDocument(text).get('data');
  if (!isMap(data)) throw new Error('a ConfigMap without data');
  return data;
}

/** With the comments before them. */
function those(text: string, ...prefixes: readonly string[]): YAMLMap {
  const found = new YAMLMap();
  for (const pair of dataOf(text).items) {
    if (!isPair(pair) || !isScalar(pair.key)) continue;
    const { key } = pair;
    if (!prefixes.some((prefix) => String(key.value).startsWith(prefix))) continue;
    if (found.items.length === 0) key.spaceBefore = false;
    found.items.push(pair);
  }
  return found;
}

function textOf(data: YAMLMap, key: string): string {
  const text = data.get(key);
  if (typeof text !== 'string') throw new Error(`no text under ${key}`);
  return text;
}

function mapOf(entries: Readonly<Record<string, unknown>>): YAMLMap {
  const map = new YAMLMap();
  for (const [key, value] of Object.entries(entries)) map.items.push(new Pair(key, value));
  return map;
}
