import {
  ApplicationException,
  type ExtensionInfo,
  type ExtensionManagerHandler,
  type ExtensionRegistry,
  type ExtensionResponse,
  type ExtensionStatus,
  isKnownRegistry,
  type OptionInfo,
  OutpostError,
  type Peer,
  type PluginRequest,
  type RawResponse,
} from '@outpost/protocol';
import { answered, messageOf, okStatus, refused } from './answers.ts';
import { PeerLimits, requestsPerPeer } from './peer-limits.ts';
import type { ExtensionPolicy } from './policy.ts';
import type { Refusals } from './refusals.ts';
import type { Registrar } from './registration.ts';
import type { Registry } from './registry.ts';
import type { SqlService } from './sql-service.ts';

/** What answers the messages to the manager. */
export interface ManagerParts {
  readonly registrar: Registrar;
  readonly registry: Registry;
  readonly sql: SqlService;
  readonly options: () => Map<string, OptionInfo>;
  readonly policy: ExtensionPolicy;
  readonly refusals: Refusals;
}

/** Answers the messages to the manager; texts and codes are osquery's. */
export class ManagerHandler implements ExtensionManagerHandler {
  readonly #parts: ManagerParts;
  readonly #open: Promise<void>;
  readonly #limits = new PeerLimits();

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

  deregisterExtension(uuid: number, peer: Peer): Promise<ExtensionStatus> {
    return this.#parts.registrar.deregister(uuid, peer);
  }

  query(sql: string, peer: Peer, signal?: AbortSignal): Promise<RawResponse | ExtensionResponse> {
    return this.#asking(peer, () => this.#parts.sql.query(sql, this.#parts.registrar.ownerOf(peer)?.uuid, signal));
  }

  getQueryColumns(sql: string, peer: Peer): Promise<RawResponse | ExtensionResponse> {
    return this.#asking(peer, async () => {
      const columns = await this.#parts.sql.columns(sql);
      return answered(columns.map(({ name, type }) => ({ [name]: type })));
    });
  }

  /** @throws ApplicationException of type 0 for an unknown registry without an item, as osquery does */
  async call(
    registry: string,
    item: string,
    request: PluginRequest,
    peer: Peer,
    signal?: AbortSignal,
  ): Promise<ExtensionResponse> {
    if (item === '' && !isKnownRegistry(registry))
      throw new ApplicationException(`Unknown registry requested: ${registry}`);
    const denied = this.#deniedCall(registry, item, peer);
    if (denied !== undefined) return refused(denied);
    try {
      return await this.#within(peer, 'call', `${registry}/${item}`, async () => {
        const options = signal === undefined ? {} : { signal };
        const { status, response } = await this.#parts.registry.call(registry, item, request, options);
        return { status: { ...status, uuid: 0 }, response };
      });
    } catch (error) {
      return refused(messageOf(error)); // the registry never rejects: it was one request too many
    }
  }

  /** What nobody serves is not refused: the registry says that it is not there. */
  #deniedCall(registry: string, item: string, peer: Peer): string | undefined {
    const { policy, refusals } = this.#parts;
    if (item !== '' && !this.#parts.registry.has(registry, item)) return undefined;
    const extension = this.#nameOf(peer);
    const reason = policy.refusesCall(extension, registry, item);
    return reason && refusals.note(extension, peer, 'call', `${registry}/${item}`, reason);
  }

  async #asking<Answer>(peer: Peer, ask: () => Promise<Answer>): Promise<Answer | ExtensionResponse> {
    try {
      return await this.queried(peer, ask);
    } catch (error) {
      return refused(messageOf(error));
    }
  }

  /** Does what a query takes, where the policy and the limits of a process allow one. @throws OutpostError REQUEST_REFUSED */
  protected async queried<Answer>(peer: Peer, ask: () => Promise<Answer>): Promise<Answer> {
    const { policy, refusals } = this.#parts;
    const extension = this.#nameOf(peer);
    const reason = policy.refusesQuery(extension);
    if (reason !== undefined)
      throw new OutpostError('REQUEST_REFUSED', { message: refusals.note(extension, peer, 'query', '', reason) });
    return this.#within(peer, 'query', '', ask);
  }

  /** Does what a process asks for, unless much of it is in work already. @throws OutpostError REQUEST_REFUSED */
  async #within<Answer>(
    peer: Peer,
    action: 'call' | 'query',
    target: string,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    const leave = this.#limits.enter(peer);
    if (leave === undefined) {
      const reason = `${requestsPerPeer} requests of one process are in work already`;
      const message = this.#parts.refusals.note(this.#nameOf(peer), peer, action, target, reason);
      throw new OutpostError('REQUEST_REFUSED', { message });
    }
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** The name of the extension that a process is; '' when it is none. */
  #nameOf(peer: Peer): string {
    return this.#parts.registrar.ownerOf(peer)?.name ?? '';
  }

  shutdown(): void {
    // an extension does not end the agent, in osquery neither
  }
}
