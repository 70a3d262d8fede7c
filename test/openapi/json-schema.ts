/** Holds a value against a schema of the description: OpenAPI 3.0's dialect made JSON Schema, compiled when first asked for. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { description, type Schema } from './description.ts';

/**
 * `sent` is read strictly: GitHub passes over a property that it does not know in silence, so a slip would never show.
 * What is `said` may have more in it than is described. `text` stands in a URL: what looks like a number is one.
 */
type Reading = 'sent' | 'said' | 'text';

export type Fault = { readonly pointer: string; readonly reason: string };

class Reader {
  readonly #ajv: Ajv;
  readonly #reading: Reading;
  readonly #compiled = new Map<Schema, ValidateFunction>();
  readonly #added = new Set<string>();

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#ajv = new Ajv({
      strict: false,
      logger: false,
      validateSchema: false,
      // A wrong answer is mended in one go when all that is wrong with it is said.
      allErrors: true,
      coerceTypes: reading === 'text',
    });
    formats.default(this.#ajv);
  }

  faults(value: unknown, schema: Schema): readonly Fault[] {
    const validate = this.#compiled.get(schema) ?? this.#compile(schema);
    return validate(value) ? [] : (validate.errors ?? []).map(faultOf);
  }

  #compile(schema: Schema): ValidateFunction {
    const converted = convert(schema, this.#reading);
    this.#addReferred(converted);
    const validate = this.#ajv.compile(converted);
    this.#compiled.set(schema, validate);
    return validate;
  }

  /** They go in as they are met: the description has thousands that nobody asks for. */
  #addReferred(schema: Schema): void {
    for (const reference of referencesIn(schema)) {
      if (this.#added.has(reference)) continue;
      this.#added.add(reference);
      const found = description().components.schemas[reference.replace('component:', '')] ?? {};
      const converted = convert(found, this.#reading);
      this.#ajv.addSchema(converted, reference);
      this.#addReferred(converted);
    }
  }
}

const readers = { sent: new Reader('sent'), said: new Reader('said'), text: new Reader('text') };

export function faultsIn(value: unknown, schema: Schema, reading: Reading): readonly Fault[] {
  return readers[reading].faults(value, schema);
}

function faultOf({ instancePath, message, params }: ErrorObject): Fault {
  const named = params.additionalProperty ?? params.allowedValues;
  const more = named === undefined ? '' : `: ${JSON.stringify(named)}`;
  return { pointer: instancePath === '' ? '/' : instancePath, reason: `${message}${more}` };
}

/** Only where a schema may stand; names of properties and values of enums are none of its words. */
function convert(schema: Schema, reading: Reading, whole = true): Schema {
  if (typeof schema.$ref === 'string') {
    return { $ref: schema.$ref.replace('#/components/schemas/', 'component:') };
  }
  const { nullable, example: _, discriminator: __, ...rest } = schema;
  const converted: Record<string, unknown> = rest;
  for (const [keyword, inside] of Object.entries(rest)) {
    if (keyword === 'properties' && isSchema(inside)) {
      const each = Object.entries(inside).map(([name, value]) => [name, convert(value as Schema, reading)]);
      converted[keyword] = Object.fromEntries(each);
    } else if (['items', 'additionalProperties', 'not'].includes(keyword) && isSchema(inside)) {
      converted[keyword] = convert(inside, reading);
    } else if (['allOf', 'anyOf', 'oneOf'].includes(keyword) && Array.isArray(inside)) {
      // A part of a composition doesn't know the other parts' properties.
      const parts = inside.map((part) => convert(part, reading, false));
      // What is said may have more in it, so that more than one may fit.
      delete converted[keyword];
      converted[keyword === 'oneOf' && reading === 'said' ? 'anyOf' : keyword] = parts;
    }
  }
  const closed = reading === 'sent' && whole && isSchema(rest.properties) && !('allOf' in rest);
  if (closed && !('additionalProperties' in rest)) converted.additionalProperties = false;
  return nullable === true ? orNull(converted) : converted;
}

/** Where `nullable` stands without a type, anything may be there already. */
function orNull(schema: Schema): Schema {
  const composed = ['allOf', 'anyOf', 'oneOf'].some((keyword) => keyword in schema);
  if (composed) return { anyOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    ...('type' in schema ? { type: [schema.type, 'null'] } : {}),
    ...(Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}),
  };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function referencesIn(part: unknown): readonly string[] {
  if (typeof part !== 'object' || part === null) return [];
  if (Array.isArray(part)) return part.flatMap(referencesIn);
  return Object.entries(part).flatMap(([keyword, inside]) =>
    keyword === '$ref' && typeof inside === 'string' ? [inside] : referencesIn(inside),
  );
}
