/**
 * The least that any bridge has to do before it may acknowledge: look at the credential, read the body, and have one
 * Durable Object write it down. What Hawser does beyond that is what its share of this one's pace shows.
 */
import { DurableObject } from 'cloudflare:workers';
import { callerOf } from '../src/security/bearer.ts';
import { readSecret } from '../src/security/secret.ts';

type Env = { readonly BARE: DurableObjectNamespace<Bare> };

export class Bare extends DurableObject {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID');
  }

  async insert(id: string, body: string): Promise<void> {
    this.ctx.storage.sql.exec('INSERT OR REPLACE INTO events VALUES (?, ?)', id, body);
  }

  async has(id: string): Promise<boolean> {
    return this.ctx.storage.sql.exec('SELECT 1 FROM events WHERE id = ?', id).toArray().length > 0;
  }
}

/** `POST /insert/<object>/<id>` and `POST /read/<object>/<id>`: the address saves this Worker from parsing anything. */
const worker = {
  async fetch(request, env) {
    const secret = readSecret(env, 'ARGOCD_MAIN_TOKEN');
    const caller = await callerOf(request.headers.get('authorization'), [{ name: 'main', secret }]);
    if (caller.kind !== 'known') return new Response(null, { status: 401 });
    const [, what, name = '', id = ''] = new URL(request.url).pathname.split('/');
    const body = await request.text();
    const object = env.BARE.get(env.BARE.idFromName(name));
    if (what === 'read') return Response.json({ event: id, duplicate: await object.has(id) }, { status: 200 });
    await object.insert(id, body);
    return Response.json({ event: id, duplicate: false }, { status: 202 });
  },
} satisfies ExportedHandler<Env>;
export default worker;
