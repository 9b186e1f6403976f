import { byteOrder } from '../byte-order.ts';
import type { DecoratorQueries } from '../config/decorators.ts';
import { reasonOf } from '../reason.ts';
import type { Speaker } from '../speaker.ts';

/** What one decorator query gave. */
export interface DecoratorRow {
  /** The values of the first row by column; undefined when there is no row. */
  readonly first: Readonly<Record<string, string>> | undefined;
  readonly rowCount: number;
}

/** What decorators need from the rest of the agent. */
export interface DecoratorOptions {
  readonly runQuery: (sql: string) => Promise<DecoratorRow>;
  readonly status: Speaker;
  /** `--disable_decorators` */
  readonly disabled: () => boolean;
}

interface Source {
  readonly queries: DecoratorQueries;
  /** Of a change of the source: what has not changed is not loaded again. */
  readonly text: string;
  /** What its queries gave, each column with its latest value. */
  readonly values: Map<string, string>;
}

const noDecorations: Readonly<Record<string, string>> = {};

/**
 * Decorations: what queries told about the host, for every log line. Each source of the configuration has its own; a later
 * source's value takes the place of an earlier one's.
 */
export class Decorators {
  readonly #options: DecoratorOptions;
  #sources: ReadonlyMap<string, Source> = new Map();
  /** What was last said about a query, so that it is said once. */
  readonly #said = new Map<string, string>();

  constructor(options: DecoratorOptions) {
    this.#options = options;
  }

  /** The decorations of now, in the order of their names. */
  current(): Readonly<Record<string, string>> {
    if (this.#options.disabled()) return noDecorations;
    const merged = new Map([...this.#sources.values()].flatMap(({ values }) => [...values]));
    return Object.fromEntries([...merged].sort(([left], [right]) => byteOrder(left, right)));
  }

  /** Takes over the queries of all sources. Those of a changed source are loaded, and what it gave before is forgotten. */
  async update(decorators: ReadonlyMap<string, DecoratorQueries>): Promise<void> {
    const sources = new Map<string, Source>();
    const changed: Source[] = [];
    for (const [name, queries] of [...decorators].sort(([left], [right]) => byteOrder(left, right))) {
      const text = JSON.stringify(queries);
      const known = this.#sources.get(name);
      const source = known?.text === text ? known : { queries, text, values: new Map<string, string>() };
      sources.set(name, source);
      if (source !== known) changed.push(source);
    }
    this.#sources = sources;
    this.#said.clear();
    await this.#run(changed, ({ load }) => load);
  }

  /** Runs what is to run before each scheduled query. */
  async always(): Promise<void> {
    await this.#run(this.#sources.values(), ({ always }) => always);
  }

  /** Runs what is due at a time of the schedule. */
  async atInterval(virtualTime: number): Promise<void> {
    if (virtualTime % 60 !== 0) return;
    await this.#run(this.#sources.values(), ({ interval }) =>
      interval.flatMap(({ seconds, queries }) => (virtualTime % seconds === 0 ? queries : [])),
    );
  }

  async #run(sources: Iterable<Source>, select: (queries: DecoratorQueries) => readonly string[]): Promise<void> {
    if (this.#options.disabled()) return;
    for (const { queries, values } of sources)
      for (const sql of select(queries)) {
        const row = await this.#ask(sql);
        for (const [column, value] of Object.entries(row)) values.set(column, value);
      }
  }

  /** The first row of a query; of one that fails nothing, and the log says why. */
  async #ask(sql: string): Promise<Readonly<Record<string, string>>> {
    try {
      const { first = {}, rowCount } = await this.#options.runQuery(sql);
      this.#say(sql, rowCount > 1 ? `Multiple rows returned for decorator query: ${sql}` : '');
      return first;
    } catch (error) {
      const reason = reasonOf(error);
      this.#say(sql, `The decorator query failed and adds nothing: ${sql}: ${reason}`);
      return {};
    }
  }

  #say(sql: string, message: string): void {
    if (this.#said.get(sql) === message) return;
    this.#said.set(sql, message);
    if (message !== '') this.#options.status.warning('decorators', message);
  }
}
