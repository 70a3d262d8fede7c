/**
 * Stands in for `GET /api/v1/applications/{name}` of an Argo CD: it answers as `server/application/application.go` of Argo CD
 * 3.5 does, so of an Application that is not there as of one that the token has no right to.
 */
type Shown = { readonly metadata: { readonly name: string; readonly namespace: string } };

/** What its reverse proxy answers in its place, or `unreachable`: nobody does. */
export type Outage = number | 'unreachable';

export class ApplicationsApi {
  outage: Outage | undefined;
  /** What was asked for, `namespace/name`, answered or not. */
  readonly asked: string[] = [];
  readonly #token: string;
  readonly #own: string;
  readonly #applications = new Map<string, Shown>();

  constructor({ token, own = 'argocd' }: { readonly token: string; readonly own?: string }) {
    this.#token = token;
    this.#own = own;
  }

  /** It is so from now on. */
  show(application: Shown): void {
    const { namespace, name } = application.metadata;
    this.#applications.set(`${namespace}/${name}`, application);
  }

  remove(name: string, namespace = this.#own): void {
    this.#applications.delete(`${namespace}/${name}`);
  }

  answer({ method, url, headers }: Pick<Request, 'method' | 'url' | 'headers'>): Response {
    const { pathname, searchParams } = new URL(url);
    const [, name] = /^\/api\/v1\/applications\/([^/]+)$/.exec(pathname) ?? [];
    if (method !== 'GET' || name === undefined) return refused(404, 5, 'Not Found');
    const place = `${searchParams.get('appNamespace') ?? this.#own}/${decodeURIComponent(name)}`;
    this.asked.push(place);
    if (this.outage === 'unreachable') throw new TypeError('fetch failed');
    if (this.outage !== undefined) return new Response('<html>', { status: this.outage });
    if (headers.get('authorization') !== `Bearer ${this.#token}`) {
      return refused(401, 16, 'invalid session: token is malformed');
    }
    const application = this.#applications.get(place);
    if (application === undefined) return refused(403, 7, 'permission denied');
    return Response.json({ ...application, metadata: { ...application.metadata, ...WHOLE } });
  }
}

/** What a notification leaves out of an Application's metadata. */
const WHOLE = {
  resourceVersion: '4711',
  managedFields: [{ manager: 'argocd-controller', operation: 'Update', fieldsV1: { 'f:status': {} } }],
};

function refused(status: number, code: number, message: string): Response {
  return Response.json({ error: message, code, message }, { status });
}
