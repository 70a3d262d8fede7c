/** A Durable Object's storage on Node's own SQLite: what a ledger's books are kept in where no workerd runs. */
import { DatabaseSync } from 'node:sqlite';

/** As much of the Workers' own types as the books use. */
declare global {
  type SqlStorageValue = string | number | null;
  interface SqlStorage {
    exec<Row = Record<string, SqlStorageValue>>(
      query: string,
      ...bindings: SqlStorageValue[]
    ): { toArray(): Row[]; one(): Row };
  }
  interface DurableObjectStorage {
    readonly sql: SqlStorage;
    transactionSync<Value>(closure: () => Value): Value;
    setAlarm(at: number): Promise<void>;
    deleteAlarm(): Promise<void>;
  }
}

export class NodeStorage implements DurableObjectStorage {
  alarm: number | undefined;
  readonly sql: SqlStorage;
  readonly #database = new DatabaseSync(':memory:');
  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  #depth = 0;

  /** `written` hears of every statement that writes. */
  constructor(written: (query: string, bindings: readonly SqlStorageValue[]) => void) {
    this.sql = {
      exec: <Row>(query: string, ...bindings: SqlStorageValue[]) => {
        if (/^(INSERT|UPDATE|DELETE)/.test(query)) written(query, bindings);
        const rows = this.#run(query, bindings).map((row) => ({ ...row })) as Row[];
        return {
          toArray: () => rows,
          one: () => {
            const [row, ...others] = rows;
            if (row === undefined || others.length > 0) throw new Error(`not one row: ${query}`);
            return row;
          },
        };
      },
    };
  }

  transactionSync<Value>(closure: () => Value): Value {
    const name = `depth_${(this.#depth += 1)}`;
    this.#database.exec(`SAVEPOINT ${name}`);
    try {
      const value = closure();
      this.#database.exec(`RELEASE ${name}`);
      return value;
    } catch (error) {
      this.#database.exec(`ROLLBACK TO ${name}`);
      this.#database.exec(`RELEASE ${name}`);
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  async setAlarm(at: number): Promise<void> {
    this.alarm = at;
  }

  async deleteAlarm(): Promise<void> {
    this.alarm = undefined;
  }

  close(): void {
    this.#database.close();
  }

  /** Several statements at once, as in a migration, have no rows. */
  #run(query: string, bindings: readonly SqlStorageValue[]) {
    if (bindings.length > 0 || !query.includes(';')) return this.#prepared(query).all(...bindings);
    this.#database.exec(query);
    return [];
  }

  #prepared(query: string) {
    const prepared = this.#statements.get(query) ?? this.#database.prepare(query);
    this.#statements.set(query, prepared);
    return prepared;
  }
}
