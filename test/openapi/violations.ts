/** Says where an exchange with GitHub departs from GitHub's own description of it. */
import type { Exchange } from '../../local/github/exchange.ts';
import { type Body, resolved, type Schema } from './description.ts';
import { EVERYWHERE, forgiven, REFUSAL } from './forgiven.ts';
import { documentFaults, isGraphql } from './graphql.ts';
import { type Fault, faultsIn } from './json-schema.ts';
import { type Called, calledBy } from './operations.ts';

/** Each as `METHOD /path, part, JSON pointer: reason`. */
export function requestViolations(exchange: Exchange): readonly string[] {
  if (isGraphql(exchange.method, exchange.path)) {
    return documentFaults(exchange.body).map((reason) => line(exchange, 'body', { pointer: '/query', reason }));
  }
  const called = calledBy(exchange.method, exchange.path);
  if (called === undefined) return [line(exchange, 'path', { pointer: '/', reason: 'GitHub has no such operation' })];
  return [
    ...pathFaults(called).map((fault) => line(exchange, 'path', fault)),
    ...queryFaults(called, exchange.query).map((fault) => line(exchange, 'query', fault)),
    ...sentFaults(called, exchange.body).map((fault) => line(exchange, 'body', fault)),
  ];
}

/** An answer to what is no operation is no operation's answer. */
export function answerViolations(exchange: Exchange): readonly string[] {
  const { answer } = exchange;
  const called = calledBy(exchange.method, exchange.path);
  if (answer === undefined || called === undefined) return [];
  const described = called.operation.responses[String(answer.status)];
  const expected =
    described === undefined ? EVERYWHERE[answer.status] : bodyOf(resolved<Body>(described), answer.status);
  if (expected === undefined) {
    const fault = { pointer: '/', reason: `GitHub documents no ${answer.status} for it` };
    return unforgiven(called, [fault]).map((each) => line(exchange, 'answer', each));
  }
  return unforgiven(called, saidFaults(expected, answer.body)).map((fault) =>
    line(exchange, `answer ${answer.status}`, fault),
  );
}

function line({ method, path }: Exchange, part: string, { pointer, reason }: Fault): string {
  return `${method} ${path}, ${part}, ${pointer}: ${reason}`;
}

function pathFaults({ parameters, inPath }: Called): readonly Fault[] {
  return faultsIn({ ...inPath }, objectOf(parameters.filter((each) => each.in === 'path')), 'text');
}

function queryFaults({ parameters }: Called, query: Readonly<Record<string, string>>): readonly Fault[] {
  return faultsIn({ ...query }, objectOf(parameters.filter((each) => each.in === 'query')), 'text');
}

const objects = new Map<string, Schema>();

/** One schema for all of them, so that a missing and an unknown one show as well. */
function objectOf(parameters: Called['parameters']): Schema {
  const schema = {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema: each }) => [name, each])),
    required: parameters.flatMap(({ name, required }) => (required === true ? [name] : [])),
    additionalProperties: false,
  };
  const key = JSON.stringify(schema);
  const known = objects.get(key) ?? schema;
  objects.set(key, known);
  return known;
}

function sentFaults({ operation }: Called, body: unknown): readonly Fault[] {
  const described = operation.requestBody;
  if (body === undefined) {
    return described?.required === true ? [{ pointer: '/', reason: 'a body is required' }] : [];
  }
  const schema = described?.content?.['application/json']?.schema;
  if (schema === undefined) return [{ pointer: '/', reason: 'it takes no body' }];
  return faultsIn(body, schema, 'sent');
}

/** The description leaves the body of many a refusal out; GitHub never does. */
function bodyOf(described: Body, status: number): Body {
  return described.content === undefined && status >= 400 ? REFUSAL : described;
}

function saidFaults({ content }: Body, body: unknown): readonly Fault[] {
  const schema = content?.['application/json']?.schema;
  if (content === undefined) {
    return body === undefined ? [] : [{ pointer: '/', reason: 'GitHub answers without a body' }];
  }
  if (body === undefined) return [{ pointer: '/', reason: 'GitHub answers with a body' }];
  return schema === undefined ? [] : faultsIn(body, schema, 'said');
}

function unforgiven({ name }: Called, faults: readonly Fault[]): readonly Fault[] {
  return faults.filter((fault) => !forgiven(name, fault));
}
