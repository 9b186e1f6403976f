import type { ExtensionResponse, PluginRequest, PluginResponse, PluginRow } from '@outpost/protocol';
import { failure, type HostHooks } from '../answer.ts';
import { decodeConfigSources, decodePack, encodeConfigRequest } from '../config/codec.ts';
import type { ConfigSources } from '../config/definition.ts';
import {
  decodeDistributedRead,
  encodeDistributedRequest,
  encodeDistributedResults,
  type WrittenResult,
} from '../distributed/codec.ts';
import type { DistributedRead } from '../distributed/definition.ts';
import { encodeLoggerRequest, type LoggerRequest, loggerFeatures } from '../logger/codec.ts';
import type { LoggedStatus } from '../logger/definition.ts';
import { hostPlugin, type PluginDefinition, registryOf } from '../plugin.ts';
import { encodeContext, wireConstraints } from '../table/codec.ts';
import { schemaFromRoutes } from '../table/routes.ts';
import { encodeValueArray } from '../table/rows.ts';
import type { SqlValue } from '../table/schema.ts';
import { constraintsOf, type GivenConstraints } from './constraints.ts';

/** Calls a plugin, wherever it is. */
export type Call = (registry: string, item: string, request: PluginRequest) => Promise<ExtensionResponse>;

/** What a plugin answered when it did not do what it was asked. */
export class PluginFailure extends Error {
  override readonly name = 'PluginFailure';
  /** The status code. */
  readonly code: number;

  constructor({ code, message }: ExtensionResponse['status']) {
    super(message);
    this.code = code;
  }
}

type Ask = (request: PluginRequest) => Promise<PluginResponse>;

/** Asks one plugin; a status code other than 0 is thrown as a {@link PluginFailure}. */
const asking =
  (call: Call, registry: string, item: string): Ask =>
  async request => {
    const { status, response } = await call(registry, item, request);
    if (status.code !== 0) throw new PluginFailure(status);
    return response;
  };

/** A table as an agent uses it. Rows are as they travel: text by column, `''` for NULL. */
export class TablePeer {
  readonly #name: string;
  readonly #ask: Ask;

  constructor(name: string, ask: Ask) {
    this.#name = name;
    this.#ask = ask;
  }

  /** Its rows. SQLite would filter them once more. */
  async rows(constraints: GivenConstraints = {}): Promise<PluginRow[]> {
    const schema = schemaFromRoutes(this.#name, await this.#ask({ action: 'columns' }));
    const wire = wireConstraints(constraintsOf(constraints));
    return this.#ask({ action: 'generate', context: encodeContext(schema, wire) });
  }

  /** Inserts a row. @param values of all columns, in their order. @returns the answer, such as `{status: 'success', id}` */
  insert(values: readonly SqlValue[], rowid?: number | bigint): Promise<PluginRow> {
    const wanted = rowid === undefined ? { auto_rowid: 'false' } : { auto_rowid: 'true', id: String(rowid) };
    return this.#write({ action: 'insert', ...wanted, json_value_array: encodeValueArray(values) });
  }

  /** Replaces a row. */
  update(rowid: number | bigint, values: readonly SqlValue[]): Promise<PluginRow> {
    return this.#write({ action: 'update', id: String(rowid), json_value_array: encodeValueArray(values) });
  }

  /** Removes a row. */
  delete(rowid: number | bigint): Promise<PluginRow> {
    return this.#write({ action: 'delete', id: String(rowid) });
  }

  async #write(request: PluginRequest): Promise<PluginRow> {
    const [answer = {}] = await this.#ask({ ...request, context: '{"constraints":[]}' });
    return answer;
  }
}

/** A logger as an agent uses it: each method rejects when the logger did not take what it was given. */
export class LoggerPeer {
  readonly #call: (request: LoggerRequest) => Promise<ExtensionResponse>;

  constructor(call: (request: PluginRequest) => Promise<ExtensionResponse>) {
    this.#call = request => call(encodeLoggerRequest(request));
  }

  /** Says that there is an agent. */
  init(processName = 'outpostd'): Promise<void> {
    return this.#log({ kind: 'init', processName });
  }

  /** What it wants beside results. */
  async features(): Promise<{ readonly status: boolean; readonly events: boolean }> {
    const { status } = await this.#call({ kind: 'features' });
    return {
      status: (status.code & loggerFeatures.logStatus) !== 0,
      events: (status.code & loggerFeatures.logEvent) !== 0,
    };
  }

  /** Logs lines of results, one request each, in order. */
  async log(...lines: readonly string[]): Promise<void> {
    for (const line of lines) await this.#log({ kind: 'string', line });
  }

  /** Logs lines of results in one request, as an agent does with a logger of its own process. */
  logBatch(lines: readonly string[]): Promise<void> {
    return this.#log({ kind: 'batch', lines });
  }

  /** Logs a snapshot. */
  snapshot(line: string): Promise<void> {
    return this.#log({ kind: 'snapshot', line });
  }

  /** Logs lines of the agent's own log. */
  status(...lines: readonly Partial<LoggedStatus>[]): Promise<void> {
    return this.#log({ kind: 'status', statuses: lines.map(line => ({ ...emptyStatus, ...line })) });
  }

  async #log(request: LoggerRequest): Promise<void> {
    const { status } = await this.#call(request);
    if (status.code !== 0) throw new PluginFailure(status);
  }
}

const emptyStatus: LoggedStatus = {
  severity: 0,
  file: '',
  line: 0,
  message: '',
  hostIdentifier: '',
  calendarTime: '',
  unixTime: 0,
};

/** A source of configuration as an agent uses it. */
export class ConfigPeer {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Its sources: JSON text by name. */
  async sources(): Promise<ConfigSources> {
    return decodeConfigSources(await this.#ask(encodeConfigRequest({ action: 'genConfig' })));
  }

  /** The JSON text of a pack that the configuration names by `value`. */
  async pack(name: string, value: string): Promise<string | undefined> {
    return decodePack(name, await this.#ask(encodeConfigRequest({ action: 'genPack', name, value })));
  }
}

/** A source of live queries as an agent uses it. */
export class DistributedPeer {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** What it wants to have run. */
  async queries(): Promise<DistributedRead> {
    const json = decodeDistributedRead(await this.#ask(encodeDistributedRequest({ action: 'getQueries' })));
    return JSON.parse(json) as DistributedRead;
  }

  /** Gives it results. */
  async write(...results: readonly WrittenResult[]): Promise<void> {
    await this.#ask(encodeDistributedRequest({ action: 'writeResults', results: encodeDistributedResults(results) }));
  }
}

/** An agent that calls plugins and does nothing with what they answer. */
export class FakeAgent {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  table(name: string): TablePeer {
    return new TablePeer(name, asking(this.#call, 'table', name));
  }

  logger(name: string): LoggerPeer {
    return new LoggerPeer(request => this.#call('logger', name, request));
  }

  config(name: string): ConfigPeer {
    return new ConfigPeer(asking(this.#call, 'config', name));
  }

  distributed(name: string): DistributedPeer {
    return new DistributedPeer(asking(this.#call, 'distributed', name));
  }
}

/**
 * An agent with plugins in its own process; over a socket, `fakeManager()` gives one for each extension.
 *
 * @param hooks what the plugins are given: other files, another place for warnings
 */
export function fakeAgent(definitions: readonly PluginDefinition[], hooks: HostHooks = {}): FakeAgent {
  const handlers = new Map(
    definitions.map(definition => [`${registryOf(definition)}/${definition.name}`, hostPlugin(definition, hooks)]),
  );
  return new FakeAgent(async (registry, item, request) => {
    const handler = handlers.get(`${registry}/${item}`);
    return handler === undefined ? failure(`There is no ${registry} ${item} among the plugins`) : handler(request);
  });
}
