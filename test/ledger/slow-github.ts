/** A GitHub that takes its time: calls end long after they began, or without an answer, done or not, or done only later. */
import * as fc from 'fast-check';
import type { Answer } from '../../src/github/answer.ts';
import type { GitHub } from '../../src/github/client.ts';
import type { Clock } from './clock.ts';

/** What becomes of a call that writes. Seconds count from its beginning. */
export type Fate = {
  /** When GitHub does it; null: never. */
  readonly acts: number | null;
  readonly answers: number;
  readonly answer: 'well' | 'none' | 502;
};

/** Longer than this a call is not waited for (`src/github/client.ts`). */
const PATIENCE = 10;

const answered = fc.nat(PATIENCE - 1).map((acts): Fate => ({ acts, answers: acts, answer: 'well' }));
export const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Fate>({ acts: 0, answers: 0, answer: 'well' }) },
  { weight: 3, arbitrary: answered },
  // Done, at once or within what is allowed for before anybody looks (`src/ledger/backoff.ts`); the answer is lost.
  { weight: 2, arbitrary: fc.nat(PATIENCE + 7).map((acts): Fate => ({ acts, answers: PATIENCE, answer: 'none' })) },
  { weight: 1, arbitrary: fc.constant<Fate>({ acts: null, answers: PATIENCE, answer: 'none' }) },
  { weight: 1, arbitrary: fc.nat(PATIENCE - 1).map((acts): Fate => ({ acts, answers: acts, answer: 502 })) },
);

type WrittenStatus = {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly log_url?: string;
  readonly environment_url?: string;
};
type Deployed = { readonly id: number; readonly key: string; readonly body: object; statuses: WrittenStatus[] };

/** What becomes of its calls, one after the other; later ones end well and at once. */
export class SlowGitHub {
  readonly deployments: Deployed[] = [];
  readonly #clock: Clock;
  readonly #fates: readonly Fate[];
  #calls = 0;
  #ids = 0;

  constructor(clock: Clock, fates: readonly Fate[]) {
    this.#clock = clock;
    this.#fates = fates;
  }

  readonly call: GitHub = (route, parameters) =>
    route.startsWith('POST') ? this.#write(route, parameters) : this.#read(route, parameters);

  async #read(
    route: string,
    { sha, environment, deployment_id, tag }: Readonly<Record<string, unknown>>,
  ): Promise<Answer> {
    if (route.endsWith('/commits/tags/{tag}')) return ok(200, String(tag).charAt(1).repeat(40));
    if (route.endsWith('/statuses')) return ok(200, this.#deployment(deployment_id)?.statuses.toReversed());
    const isAsked = ({ body }: Deployed) =>
      Object.entries({ sha, environment }).every(([name, value]) => Reflect.get(body, name) === value);
    return ok(
      200,
      this.deployments.filter(isAsked).map(({ body }) => body),
    );
  }

  /** What it does, it does at once or in its own time; the answer tells of it only where there is one by then. */
  async #write(route: string, parameters: Readonly<Record<string, unknown>>): Promise<Answer> {
    const { acts, answers, answer } = this.#fates[this.#calls++] ?? {
      acts: 0,
      answers: 0,
      answer: 'well',
    };
    let done: unknown;
    const act = () => {
      done = route.endsWith('/statuses') ? this.#status(parameters) : this.#deploy(parameters);
    };
    if (acts === 0) act();
    else if (acts !== null) this.#clock.at(this.#clock.now + acts * 1000, act);
    if (answers > 0) await this.#clock.sleep(answers * 1000);
    if (answer === 'none') return { kind: 'broken', cause: `not within ${PATIENCE} s` };
    return answer === 'well' ? ok(201, done) : ok(answer, { message: 'Bad Gateway' });
  }

  #deploy({ ref, environment, payload }: Readonly<Record<string, unknown>>): object {
    const id = ++this.#ids;
    const key = JSON.stringify(payload);
    const body = { id, sha: ref, environment, payload };
    this.deployments.push({ id, key, body, statuses: [] });
    return body;
  }

  #status({ deployment_id, state, description, log_url, environment_url }: Readonly<Record<string, unknown>>): object {
    const links = Object.entries({ log_url, environment_url }).flatMap(([name, url]) =>
      typeof url === 'string' ? [[name, url]] : [],
    );
    const status = {
      id: ++this.#ids,
      state: String(state),
      description: String(description),
      ...Object.fromEntries(links),
    };
    this.#deployment(deployment_id)?.statuses.push(status);
    return status;
  }

  #deployment(id: unknown): Deployed | undefined {
    return this.deployments.find((deployment) => deployment.id === id);
  }
}

function ok(status: number, body: unknown): Answer {
  return { kind: 'answered', status, headers: {}, body };
}
