import {
  ApplicationException,
  type ExtensionInfo,
  type ExtensionManagerHandler,
  type ExtensionRegistry,
  type ExtensionResponse,
  type ExtensionStatus,
  type OptionInfo,
  type Peer,
  type PluginRequest,
  type RawResponse,
} from '@outpost/protocol';
import { answered, messageOf, okStatus, refused } from './answers.ts';
import { isKnownRegistry } from './known-registries.ts';
import type { Registrar } from './registration.ts';
import type { Registry } from './registry.ts';
import type { SqlService } from './sql-service.ts';

/** What answers the messages to the manager. */
export interface ManagerParts {
  readonly registrar: Registrar;
  readonly registry: Registry;
  readonly sql: SqlService;
  readonly options: () => Map<string, OptionInfo>;
}

/** Answers the messages to the manager; texts and codes are osquery's. */
export class ManagerHandler implements ExtensionManagerHandler {
  readonly #parts: ManagerParts;
  readonly #open: Promise<void>;

  /** @param open resolves when registrations may begin */
  constructor(parts: ManagerParts, open: Promise<void>) {
    this.#parts = parts;
    this.#open = open;
  }

  ping(): ExtensionStatus {
    return { ...okStatus(), message: 'pong' };
  }

  /** Those that died are not among them. */
  extensions(): Map<number, ExtensionInfo> {
    const { extensions } = this.#parts.registrar;
    return new Map([...extensions].filter(([, { state }]) => state !== 'dead').map(([uuid, { info }]) => [uuid, info]));
  }

  options(): Map<string, OptionInfo> {
    return this.#parts.options();
  }

  async registerExtension(info: ExtensionInfo, registry: ExtensionRegistry, peer: Peer): Promise<ExtensionStatus> {
    await this.#open;
    return this.#parts.registrar.register(info, registry, peer);
  }

  deregisterExtension(uuid: number): Promise<ExtensionStatus> {
    return this.#parts.registrar.deregister(uuid);
  }

  async query(sql: string): Promise<RawResponse | ExtensionResponse> {
    try {
      return await this.#parts.sql.query(sql);
    } catch (error) {
      return refused(messageOf(error));
    }
  }

  async getQueryColumns(sql: string): Promise<ExtensionResponse> {
    try {
      const columns = await this.#parts.sql.columns(sql);
      return answered(columns.map(({ name, type }) => ({ [name]: type })));
    } catch (error) {
      return refused(messageOf(error));
    }
  }

  /** @throws ApplicationException of type 0 for an unknown registry without an item, as osquery does */
  async call(registry: string, item: string, request: PluginRequest): Promise<ExtensionResponse> {
    if (item === '' && !isKnownRegistry(registry))
      throw new ApplicationException(`Unknown registry requested: ${registry}`);
    const { status, response } = await this.#parts.registry.call(registry, item, request);
    return { status: { ...status, uuid: 0 }, response };
  }

  shutdown(): void {
    // an extension does not end the agent, in osquery neither
  }
}
