/**
 * Sends requests over raw sockets, so that the sender takes little of the machine that it measures on. Either as fast as
 * answers come, or at a given pace; then the time of an answer counts from when its request was due, however late it left.
 */
import { connect, type Socket } from 'node:net';

export type Request = {
  /** POST, if it does not say otherwise. */
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
};

export type Load = {
  readonly sent: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Status to how many. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Milliseconds, the fastest first. */
  readonly times: readonly number[];
};

type Pace = { readonly connections: number; readonly seconds: number };
type Most = { readonly connections: number } & ({ readonly seconds: number } | { readonly requests: number });

/** As many at a time as there are connections, each the next as soon as it is answered. */
export async function hammer(url: string, next: () => Request, { connections, ...most }: Most): Promise<Load> {
  const record = new Tallied(performance.now());
  let begun = 0;
  const goesOn = () =>
    'requests' in most ? begun++ < most.requests : performance.now() < record.beganAt + most.seconds * 1000;
  await withSockets(url, connections, (wires) =>
    Promise.all(
      wires.map(async (wire) => {
        while (goesOn()) {
          const sentAt = performance.now();
          record.add(await wire.ask(next()), sentAt);
        }
      }),
    ),
  );
  return record.load();
}

/** So many a second, evenly, whether answers come or not; `connections` is how many may be under way. */
export async function offer(
  url: string,
  next: () => Request,
  { perSecond, connections, seconds }: Pace & { readonly perSecond: number },
): Promise<Load> {
  const record = new Tallied(performance.now());
  const total = Math.round(perSecond * seconds);
  await withSockets(url, connections, async (wires) => {
    const idle = [...wires];
    const { promise: done, resolve, reject } = Promise.withResolvers<void>();
    let begun = 0;
    let ended = 0;
    const dueAt = (index: number) => record.beganAt + (index * 1000) / perSecond;
    function launch(): void {
      for (let wire = idle.at(-1); wire && begun < total && dueAt(begun) <= performance.now(); wire = idle.at(-1)) {
        idle.pop();
        send(wire, dueAt(begun++));
      }
    }
    function send(wire: Wire, due: number): void {
      void wire.ask(next()).then((status) => {
        record.add(status, due);
        idle.push(wire);
        ended += 1;
        if (ended === total) resolve();
        else launch();
      }, reject);
    }
    const clock = setInterval(launch, 1);
    await done.finally(() => clearInterval(clock));
  });
  return record.load();
}

/** One after the other, a fixed number of them. */
export async function inTurn(url: string, requests: readonly Request[]): Promise<Load> {
  const record = new Tallied(performance.now());
  await withSockets(url, 1, async ([wire]) => {
    for (const request of requests) {
      const sentAt = performance.now();
      if (wire !== undefined) record.add(await wire.ask(request), sentAt);
    }
  });
  return record.load();
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(Math.ceil(sorted.length * share), sorted.length) - 1] ?? Number.NaN;
}

class Tallied {
  readonly beganAt: number;
  readonly #times: number[] = [];
  readonly #statuses = new Map<number, number>();

  constructor(beganAt: number) {
    this.beganAt = beganAt;
  }

  add(status: number, since: number): void {
    this.#times.push(performance.now() - since);
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  load(): Load {
    const seconds = (performance.now() - this.beganAt) / 1000;
    const times = this.#times.toSorted((one, other) => one - other);
    return { sent: times.length, seconds, perSecond: times.length / seconds, statuses: this.#statuses, times };
  }
}

async function withSockets<Value>(
  url: string,
  count: number,
  use: (wires: readonly Wire[]) => Promise<Value>,
): Promise<Value> {
  const { hostname, port } = new URL(url);
  const wires = await Promise.all(Array.from({ length: count }, () => Wire.to(hostname, Number(port))));
  try {
    return await use(wires);
  } finally {
    for (const wire of wires) wire.close();
  }
}

/** One connection that is kept, with one request at a time. The Worker hangs up on one that is long idle: it is opened again. */
class Wire {
  readonly #hostname: string;
  readonly #port: number;
  #socket: Socket;
  #heard = '';
  #waiting: { resolve: (status: number) => void; reject: (error: Error) => void } | undefined;

  static async to(hostname: string, port: number): Promise<Wire> {
    return new Wire(hostname, port, await connected(hostname, port));
  }

  private constructor(hostname: string, port: number, socket: Socket) {
    this.#hostname = hostname;
    this.#port = port;
    this.#socket = this.#listening(socket);
  }

  #listening(socket: Socket): Socket {
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#hear(chunk));
    socket.on('close', () => this.#waiting?.reject(new Error('the Worker closed a connection')));
    socket.on('error', (error) => this.#waiting?.reject(error));
    return socket;
  }

  async ask(request: Request): Promise<number> {
    if (this.#socket.destroyed || this.#socket.readableEnded) {
      this.#socket = this.#listening(await connected(this.#hostname, this.#port));
    }
    return this.#send(request);
  }

  #send({ method = 'POST', path, body, headers }: Request): Promise<number> {
    const framing = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    const all = { host: `${this.#hostname}:${this.#port}`, ...headers, ...(method === 'GET' ? {} : framing) };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(head + body);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #hear(chunk: string): void {
    this.#heard += chunk;
    const end = this.#heard.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.#heard.slice(0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) return this.#waiting?.reject(new Error(`an answer without a length: ${head}`));
    if (this.#heard.length < end + 4 + length) return;
    this.#heard = '';
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(Number(head.slice(9, 12)));
  }
}

function connected(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}
