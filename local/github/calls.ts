/** Records every request, and puts faults, limits and latency before what GitHub would do. */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { authenticate } from './credentials.ts';
import type { Observer } from './exchange.ts';
import { answerOf, Faults } from './faults.ts';
import type { GitHubCall } from './github-call.ts';
import { Rate } from './rate.ts';
import { Refusal } from './refusal.ts';
import type { Answer } from './server.ts';
import type { Caller, Routes, World } from './world.ts';

export class Calls {
  readonly faults = new Faults();
  readonly made: GitHubCall[] = [];
  readonly #world: World;
  readonly #routes: Routes;
  readonly #latency: number;
  readonly #rate: Rate;
  readonly #observer: Observer | undefined;
  #number = 0;

  constructor(world: World, routes: Routes, latency: number, observer?: Observer) {
    this.#world = world;
    this.#routes = routes;
    this.#latency = latency;
    this.#observer = observer;
    this.#rate = new Rate(world.limits.primary);
  }

  clear(): void {
    this.faults.clear();
    this.made.length = 0;
    this.#rate.clear();
  }

  async answer(request: Request): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url);
    const call: GitHubCall = {
      at: this.#world.clock.now(),
      method: request.method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      status: 0,
      body: parsed(await request.clone().text()),
      role: 'anonymous',
    };
    this.made.push(call);
    if (this.#latency > 0) await wait(this.#latency);
    const fault = this.faults.meet(request.method, pathname, this.#world.clock.now());
    if (fault) call.fault = fault.kind;
    if (fault?.kind === 'drop' || fault?.kind === 'down') {
      this.#observer?.see({ ...call, answer: undefined });
      return 'gone';
    }
    if (fault?.kind === 'slow') await wait(fault.ms);
    const instead = fault && answerOf(fault, this.#world.limits.primary);
    const response = await this.#respond(request, call, instead);
    await this.#observe(call, instead ? undefined : response);
    if (fault?.kind === 'act-then-drop') return 'gone';
    if (fault?.kind === 'act-then-hang') return 'silent';
    call.status = response.status;
    return response;
  }

  async #observe(call: GitHubCall, response: Response | undefined): Promise<void> {
    if (this.#observer === undefined) return;
    const answer = response && { status: response.status, body: parsed(await response.clone().text()) };
    this.#observer.see({ ...call, answer });
  }

  async #respond(request: Request, call: GitHubCall, instead: Response | undefined): Promise<Response> {
    const counted: Record<string, string> = {};
    const response = await this.#act(request, call, instead, counted).catch((error: unknown) => {
      if (error instanceof Refusal) return error.response();
      throw error;
    });
    const headers = new Headers(response.headers);
    for (const [name, value] of Object.entries(counted)) if (!headers.has(name)) headers.set(name, value);
    headers.set('date', new Date(this.#world.clock.now()).toUTCString());
    headers.set('server', 'github.com');
    headers.set('x-github-media-type', 'github.v3; format=json');
    headers.set(
      'x-github-request-id',
      `E${(++this.#number).toString(16).toUpperCase().padStart(3, '0')}:${process.pid.toString(16).toUpperCase()}`,
    );
    const empty = [204, 304].includes(response.status);
    return new Response(empty ? null : await response.arrayBuffer(), { status: response.status, headers });
  }

  async #act(
    request: Request,
    call: GitHubCall,
    instead: Response | undefined,
    counted: Record<string, string>,
  ): Promise<Response> {
    if (instead) return instead;
    const caller = authenticate(this.#world, request);
    if (caller.role !== 'person') call.role = caller.role;
    if (call.path === '/rate_limit') return Response.json(this.#rate.view(caller, this.#world.clock.now()));
    Object.assign(counted, this.#rate.spend(caller, this.#world.clock.now()));
    return this.#conditional(request, caller, await this.#routes.fetch(request, { caller }));
  }

  async #conditional(request: Request, caller: Caller, response: Response): Promise<Response> {
    if (request.method !== 'GET' || response.status !== 200) return response;
    const body = await response.arrayBuffer();
    const etag = `W/"${createHash('sha256').update(new Uint8Array(body)).digest('hex')}"`;
    const headers = new Headers(response.headers);
    headers.set('etag', etag);
    if (request.headers.get('if-none-match') !== etag) return new Response(body, { status: 200, headers });
    this.#rate.refund(caller, this.#world.clock.now());
    return new Response(null, { status: 304, headers });
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
