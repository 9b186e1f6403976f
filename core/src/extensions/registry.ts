import {
  type ExtensionRegistry,
  type ExtensionResponse,
  isKnownRegistry,
  type LogAnswer,
  type LogLine,
  OutpostError,
  type PluginRequest,
} from '@outpost/protocol';
import { hostPlugin, type PluginDefinition, registryOf, withDeadline } from '@outpost/sdk';
import { listOf } from '../flags/list.ts';
import { answered, messageOf, refused } from './answers.ts';

/** Bounds of one call. */
export interface RegistryCallOptions {
  /** Milliseconds until a call is given up; where left out, those of an operation for an extension, none for a plugin in process. */
  readonly timeoutMs?: number;
  /** Gives the call up when it fires. */
  readonly signal?: AbortSignal;
}

/** Answers requests to one plugin; may throw. */
export type ItemHandler = (request: PluginRequest, options: RegistryCallOptions) => Promise<ExtensionResponse>;

/** Delivers lines to a logger, some of them or all; may throw. */
export type LineHandler = (lines: readonly LogLine[], options: RegistryCallOptions) => Promise<LogAnswer>;

/** The way to an extension; may throw. */
export interface RemoteCaller {
  /** Carries a request to the plugin of a registry and a name. */
  call(
    registry: string,
    item: string,
    request: PluginRequest,
    options?: RegistryCallOptions,
  ): Promise<ExtensionResponse>;
  /** Delivers lines in batches; left out where the extension takes one line in a call. */
  logLines?(logger: string, lines: readonly LogLine[], options?: RegistryCallOptions): Promise<LogAnswer>;
}

/** One plugin, as the table osquery_registry shows it. */
export interface RegistryItem {
  readonly registry: string;
  readonly name: string;
  /** The extension it belongs to; 0 for the core's own. */
  readonly ownerUuid: number;
  /** Whether it is a part of the agent that nobody chooses by name. */
  readonly internal: boolean;
  /** Whether the flags choose it: calls without an item go to it. */
  readonly active: boolean;
}

/** Plugins that came or went. */
export interface RegistryChange {
  readonly kind: 'added' | 'removed';
  readonly items: readonly { readonly registry: string; readonly name: string; readonly ownerUuid: number }[];
}

/** What else is known of a plugin in process. */
export interface LocalOptions {
  readonly internal?: boolean;
}

interface Entry {
  readonly registry: string;
  readonly name: string;
  readonly ownerUuid: number;
  readonly internal: boolean;
  readonly handler: ItemHandler;
  readonly lines?: LineHandler | undefined;
}

const linesOf = ({ logLines }: RemoteCaller, logger: string): LineHandler | undefined =>
  logLines && ((lines, options) => logLines(logger, lines, options));

type Listener = (change: RegistryChange) => void;

const keyOf = (registry: string, name: string): string => `${registry}\0${name}`;

/** Every plugin, in this process or in an extension, behind one call. */
export class Registry {
  readonly #entries = new Map<string, Entry>();
  readonly #aliases = new Map<string, string>();
  readonly #active = new Map<string, readonly string[]>();
  readonly #extensions = new Set<number>();
  readonly #listeners = new Set<Listener>();

  /**
   * Adds a plugin that runs in this process.
   *
   * @throws OutpostError REGISTRY_ITEM_CONFLICT when there is a plugin of that name in its registry
   */
  addLocal(definition: PluginDefinition, options: LocalOptions = {}): void {
    const host = hostPlugin(definition);
    const handler: ItemHandler = (request, { signal, timeoutMs }) =>
      timeoutMs === undefined
        ? host(request, signal === undefined ? {} : { signal })
        : withDeadline({ timeoutMs, signal }, within => host(request, { signal: within }));
    const aliases = definition.kind === 'table' ? definition.schema.aliases : [];
    this.addHandler(registryOf(definition), definition.name, handler, { ...options, aliases });
  }

  /**
   * Adds a plugin of the core itself: a function, so that what it needs can be loaded by its first call.
   *
   * @param options.aliases other names under which it can be called
   * @throws OutpostError REGISTRY_ITEM_CONFLICT, REGISTRY_UNKNOWN
   */
  addHandler(
    registry: string,
    name: string,
    handler: ItemHandler,
    { internal = false, aliases = [] }: LocalOptions & { readonly aliases?: readonly string[] } = {},
  ): void {
    if (!isKnownRegistry(registry)) throw new OutpostError('REGISTRY_UNKNOWN', { registry });
    if (this.has(registry, name)) throw new OutpostError('REGISTRY_ITEM_CONFLICT', { item: name });
    for (const alias of aliases) this.#aliases.set(keyOf(registry, alias), name);
    this.#add([{ registry, name, ownerUuid: 0, internal, handler }]);
  }

  /** Takes a plugin of this process out again; one of an extension stays. */
  removeLocal(registry: string, name: string): void {
    const entry = this.#entries.get(keyOf(registry, name));
    if (entry?.ownerUuid !== 0) return;
    this.#entries.delete(keyOf(registry, name));
    this.#tell({ kind: 'removed', items: [entry] });
  }

  /**
   * Adds all that an extension announced, or nothing. Items are compared with those of their own registry only.
   *
   * @throws OutpostError in this order: REGISTRY_UUID_CONFLICT, REGISTRY_ITEM_CONFLICT, REGISTRY_UNKNOWN (also for a registry
   *   without items), ROUTE_INVALID for a table without route rows
   */
  addRoutes(uuid: number, _extension: string, registry: ExtensionRegistry, caller: RemoteCaller): void {
    if (this.#extensions.has(uuid)) throw new OutpostError('REGISTRY_UUID_CONFLICT', { uuid });
    const routes = Object.entries(registry).flatMap(([name, items]) =>
      Object.entries(items).map(([item, rows]) => ({ registry: name, name: item, rows })),
    );
    const taken = routes.find(route => this.#entries.has(keyOf(route.registry, route.name)));
    if (taken !== undefined) throw new OutpostError('REGISTRY_ITEM_CONFLICT', { item: taken.name });
    const unknown = Object.keys(registry).find(name => !isKnownRegistry(name));
    if (unknown !== undefined) throw new OutpostError('REGISTRY_UNKNOWN', { registry: unknown });
    if (routes.some(route => route.registry === 'table' && route.rows.length === 0))
      throw new OutpostError('ROUTE_INVALID');
    this.#extensions.add(uuid);
    this.#add(
      routes.map(route => ({
        registry: route.registry,
        name: route.name,
        ownerUuid: uuid,
        internal: false,
        handler: (request, options) => caller.call(route.registry, route.name, request, options),
        lines: route.registry === 'logger' ? linesOf(caller, route.name) : undefined,
      })),
    );
  }

  /** Forgets all items of an extension. */
  removeRoutes(uuid: number): void {
    if (!this.#extensions.delete(uuid)) return;
    const items = [...this.#entries.values()].filter(({ ownerUuid }) => ownerUuid === uuid);
    for (const { registry, name } of items) this.#entries.delete(keyOf(registry, name));
    this.#tell({ kind: 'removed', items });
  }

  /**
   * Calls a plugin. Never rejects: what a plugin throws is answered with code 1 and its message. Rows come with code 0 only.
   *
   * @param item its name or an alias; empty for the active plugin; a comma-separated list calls each in turn and answers code 0
   */
  async call(
    registry: string,
    item: string,
    request: PluginRequest,
    options: RegistryCallOptions = {},
  ): Promise<ExtensionResponse> {
    if (!isKnownRegistry(registry)) return refused(`Unknown registry requested: ${registry}`);
    const names = item === '' ? (this.#active.get(registry) ?? []) : item.includes(',') ? listOf(item) : [item];
    const [only] = names;
    if (only === undefined) return refused('Cannot call registry item: ');
    if (names.length === 1) return this.#callOne(registry, only, request, options);
    const rows = [];
    for (const name of names) rows.push(...(await this.#callOne(registry, name, request, options)).response);
    return answered(rows);
  }

  /** What takes lines for a logger in batches; undefined for one that takes them one by one. */
  linesOf(logger: string): LineHandler | undefined {
    return this.#find('logger', logger)?.lines;
  }

  /** All plugins, by registry and name. */
  list(): RegistryItem[] {
    const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
    return [...this.#entries.values()]
      .map(({ handler: _, lines: __, ...entry }) => ({
        ...entry,
        active: this.active(entry.registry).includes(entry.name),
      }))
      .sort((a, b) => compare(a.registry, b.registry) || compare(a.name, b.name));
  }

  /** Whether there is a plugin of that name or alias. */
  has(registry: string, item: string): boolean {
    return this.#find(registry, item) !== undefined;
  }

  /** The uuid of the extension a plugin belongs to, 0 for the core, undefined when there is none of that name. */
  ownerOf(registry: string, item: string): number | undefined {
    return this.#find(registry, item)?.ownerUuid;
  }

  /** The active plugins of a registry. */
  active(registry: string): readonly string[] {
    return this.#active.get(registry) ?? [];
  }

  /**
   * Chooses the plugin, or comma-separated plugins, that calls without an item go to. The choice is one of names: it outlives
   * an extension that goes and comes back.
   *
   * @throws OutpostError REGISTRY_UNKNOWN, PLUGIN_UNKNOWN
   */
  setActive(registry: string, item: string): void {
    if (!isKnownRegistry(registry)) throw new OutpostError('REGISTRY_UNKNOWN', { registry });
    const names = listOf(item);
    for (const name of names) {
      if (this.has(registry, name)) continue;
      const known = this.list().filter(entry => entry.registry === registry && !entry.internal);
      throw new OutpostError('PLUGIN_UNKNOWN', { registry, item: name, known: known.map(own => own.name).join(', ') });
    }
    this.#active.set(registry, names);
  }

  /** Waits until there is a plugin of that name. @returns whether it came within the time */
  waitFor(registry: string, item: string, timeoutMs: number): Promise<boolean> {
    if (this.has(registry, item)) return Promise.resolve(true);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), timeoutMs);
    const stop = this.onChange(() => {
      if (this.has(registry, item)) resolve(true);
    });
    return promise.finally(() => {
      clearTimeout(timer);
      stop();
    });
  }

  /** Tells `listener` of every change from now on. @returns a function that ends it */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #find(registry: string, item: string): Entry | undefined {
    const name = this.#aliases.get(keyOf(registry, item)) ?? item;
    return this.#entries.get(keyOf(registry, item)) ?? this.#entries.get(keyOf(registry, name));
  }

  async #callOne(
    registry: string,
    item: string,
    request: PluginRequest,
    options: RegistryCallOptions,
  ): Promise<ExtensionResponse> {
    const entry = this.#find(registry, item);
    if (entry === undefined) return refused(`Cannot call registry item: ${item}`);
    try {
      const { status, response } = await entry.handler(request, options);
      return { status, response: status.code === 0 ? response : [] };
    } catch (error) {
      return refused(messageOf(error));
    }
  }

  #add(entries: readonly Entry[]): void {
    for (const entry of entries) this.#entries.set(keyOf(entry.registry, entry.name), entry);
    this.#tell({ kind: 'added', items: entries });
  }

  #tell(change: RegistryChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}
