import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  type ExtensionInfo,
  type ExtensionRegistry,
  type ExtensionStatus,
  isCompatibleSdk,
  type Lease,
  leaseStates,
  OutpostError,
  type Peer,
  type RegistryUpdate,
  type TableDocument,
} from '@outpost/protocol';
import type { StatusLog } from '../status.ts';
import { failedStatus, messageOf, okStatus } from './answers.ts';
import { hasEnded, type NameClaims } from './claims.ts';
import { callerOf, isListening } from './extension-caller.ts';
import type { ExtensionTables } from './extension-tables.ts';
import { mayRegister } from './group.ts';
import { type Introduction, KnownExtension, type Offer } from './known-extension.ts';
import { Leases } from './leases.ts';
import { lineageOf } from './lineage.ts';
import { changedOffer, documentedOffer, offerOf } from './offer.ts';
import type { ExtensionPolicy } from './policy.ts';
import type { Refusals } from './refusals.ts';
import type { Registry } from './registry.ts';
import { Serial } from './serial.ts';
import { extensionSocket, removeOwnSocket } from './sockets.ts';
import type { ExtensionEnd, StateLog } from './states.ts';

/** Extensions are numbered with 16 bits; 0 is the core. */
const uuidCount = 65_536;
/** How many dead extensions are remembered; then the oldest, and its tables, are forgotten. */
const deadLimit = 64;
/** How long to try to connect to an extension whose name is wanted by another, milliseconds. */
const probeTimeoutMs = 1000;

const strangers = 'Only root, the user of the agent and the members of --extensions_group may register extensions';

/** What registering needs. */
export interface RegistrarOptions {
  readonly managerSocket: string;
  /** Milliseconds that an extension has to listen, from its registration. */
  readonly timeoutMs: number;
  readonly registry: Registry;
  readonly tables: ExtensionTables;
  readonly states: StateLog;
  readonly status: StatusLog;
  readonly policy: ExtensionPolicy;
  readonly refusals: Refusals;
  readonly claims: NameClaims;
  /** The number of a group whose members may register, beside root and the agent's own user. */
  readonly group?: number | undefined;
}

/** An extension that asks to be registered; with a generation when it speaks version 2. */
type Applicant = Omit<Introduction, 'uuid' | 'socketPath'>;

/** Why an extension was not registered. */
class Refusal {
  readonly message: string;
  /** Whether an extension of its name is alive. */
  readonly held: boolean;

  constructor(message: string, held = false) {
    this.message = message;
    this.held = held;
  }
}

/** Keeps who is registered. Registrations, and whatever else changes the tables of extensions, come one after another. */
export class Registrar {
  readonly extensions = new Map<number, KnownExtension>();
  readonly #options: RegistrarOptions;
  readonly #serial = new Serial();
  readonly #leases = new Leases();
  #closed = false;

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  /** Registers an extension, with osquery's checks in osquery's order. @returns a status with its uuid, or why it was refused */
  async register(info: ExtensionInfo, registry: ExtensionRegistry, peer: Peer): Promise<ExtensionStatus> {
    const admitted = await this.#admit({ info, offer: offerOf(registry), peer });
    return admitted instanceof Refusal ? failedStatus(admitted.message) : okStatus(admitted.uuid);
  }

  /**
   * Registers an extension that speaks version 2, with the same checks.
   * @throws OutpostError LEASE_HELD, LEASE_REFUSED
   */
  async openLease(
    info: ExtensionInfo,
    registry: ExtensionRegistry,
    tables: readonly TableDocument[],
    peer: Peer,
  ): Promise<Lease> {
    const generation = this.#leases.next();
    const admitted = await this.#admit({ info, offer: documentedOffer(registry, tables), peer, generation });
    if (!(admitted instanceof Refusal)) return { uuid: admitted.uuid, generation };
    if (admitted.held) throw new OutpostError('LEASE_HELD', { extension: info.name });
    throw new OutpostError('LEASE_REFUSED', { message: admitted.message });
  }

  /** How a lease stands, and whose it is while it is held. */
  leaseOf(lease: Lease): { readonly state: number; readonly extension?: KnownExtension } {
    const extension = this.extensions.get(lease.uuid);
    if (extension?.leased?.lease.generation === lease.generation && extension.state !== 'dead')
      return { state: leaseStates.held, extension };
    return { state: this.#leases.wasReplaced(lease) ? leaseStates.replaced : leaseStates.unknown };
  }

  /**
   * Changes what an extension brings: all of it or nothing.
   * @throws OutpostError LEASE_UNKNOWN, LEASE_REPLACED, LEASE_REFUSED
   */
  async update(lease: Lease, update: RegistryUpdate, peer: Peer): Promise<void> {
    return this.#serial.run(async () => {
      const { state, extension } = this.leaseOf(lease);
      if (extension === undefined) throw this.#leases.failure(lease, state);
      const forbidden = this.#forbidden(extension.name, update.add);
      if (forbidden !== undefined) {
        const [target, reason] = forbidden;
        const message = this.#options.refusals.note(extension.name, peer, 'register', target, reason);
        throw new OutpostError('LEASE_REFUSED', { message });
      }
      const fault = await this.#exchange(extension, changedOffer(extension.offer, update));
      if (fault !== undefined) throw new OutpostError('LEASE_REFUSED', { message: fault });
    });
  }

  /** The checks that need not wait for other registrations, then the others. */
  async #admit(applicant: Applicant): Promise<KnownExtension | Refusal> {
    const { info, offer, peer } = applicant;
    const { refusals } = this.#options;
    const refuse = (target: string, reason: string): Refusal =>
      new Refusal(refusals.note(info.name, peer, 'register', target, reason));
    if (!mayRegister(peer, this.#options.group)) return refuse('', strangers);
    const foreign = await this.#options.claims.refuses(info.name, peer);
    if (foreign !== undefined) return refuse('', foreign);
    const forbidden = this.#forbidden(info.name, offer.registry);
    if (forbidden !== undefined) return refuse(...forbidden);
    return this.#serial.run(() => this.#register(applicant));
  }

  /** Forgets an extension at its own wish: at that of the process that registered it, or of anybody once that has ended. */
  deregister(uuid: number, peer: Peer): Promise<ExtensionStatus> {
    return this.#serial.run(async () => {
      const extension = this.extensions.get(uuid);
      if (extension === undefined || extension.state === 'dead') return failedStatus('No extension UUID found');
      const { claims, refusals } = this.#options;
      const reason = 'Only the process that registered an extension may deregister it';
      if (!claims.isSame(peer, extension.peer) && !hasEnded(extension.peer))
        return failedStatus(refusals.note(this.ownerOf(peer)?.name ?? '', peer, 'deregister', extension.name, reason));
      await this.#forget(extension, 'deregistered', 'it asked for it');
      return okStatus();
    });
  }

  /** The extension that a process is or belongs to, if there is one. */
  ownerOf(peer: Peer): KnownExtension | undefined {
    if (peer === undefined) return undefined;
    const living = [...this.extensions.values()].filter(({ state }) => state !== 'dead');
    const own = living.find(({ peer: owner }) => owner?.pid === peer.pid && peer.pid > 0);
    if (own !== undefined || living.length === 0) return own;
    const lineage = lineageOf(peer);
    return living.find(
      ({ peer: owner }) => owner !== undefined && (lineage.has(owner.pid) || this.#options.claims.isSame(peer, owner)),
    );
  }

  /** Takes the tables of an extension that does not answer out of service. */
  outOfService(extension: KnownExtension): Promise<void> {
    return this.#ifStillKnown(extension, async () => {
      await this.#options.tables.suspend(extension);
      const dead = [...this.extensions.values()].filter(({ state }) => state === 'dead');
      for (const old of dead.slice(0, Math.max(0, dead.length - deadLimit)))
        await this.#forget(old, 'replaced', 'too many extensions are dead');
    });
  }

  /** Puts the tables of an extension that answers again back in service. */
  backInService(extension: KnownExtension): Promise<void> {
    return this.#ifStillKnown(extension, () => this.#options.tables.resume(extension));
  }

  /** Ends all watching and refuses new registrations: the agent stops. @returns who was registered */
  close(): Promise<readonly KnownExtension[]> {
    this.#closed = true;
    return this.#serial.run(async () => {
      const all = [...this.extensions.values()];
      for (const { ending, leased } of all) {
        ending.abort();
        leased?.line.close();
      }
      return all;
    });
  }

  async #register(applicant: Applicant): Promise<KnownExtension | Refusal> {
    const { status } = this.#options;
    const { info } = applicant;
    if (this.#closed) return new Refusal('The agent is stopping');
    const former = [...this.extensions.values()].find(known => known.name === info.name);
    if (former !== undefined && (await this.#isLive(former))) {
      status.error('extensions', `Refusing to register duplicate extension ${info.name}`);
      return new Refusal('Duplicate extension registered', true);
    }
    if (!isCompatibleSdk(info.sdkVersion)) {
      status.warning('extensions', `Could not add extension ${info.name}: incompatible SDK ${info.sdkVersion}`);
      return new Refusal('Incompatible extension SDK version');
    }
    const uuid = this.#drawUuid();
    const socketPath = extensionSocket(this.#options.managerSocket, uuid);
    const extension = new KnownExtension({ ...applicant, uuid, socketPath });
    const { name } = extension;
    const versions = `version=${info.version}, sdk=${info.sdkVersion}`;
    status.info('extensions', `Registering extension (${name}, ${uuid}, ${versions})`);
    const declared = await this.#makeRoom(extension, former);
    const fault = await this.#add(extension, declared);
    if (fault === undefined) return extension;
    status.error('extensions', `Could not add extension ${name}: ${fault}`);
    return new Refusal(`Failed adding registry: ${fault}`);
  }

  /** The first plugin that the policy does not allow, and why. */
  #forbidden(extension: string, registry: ExtensionRegistry): readonly [target: string, reason: string] | undefined {
    for (const [name, items] of Object.entries(registry))
      for (const item of Object.keys(items)) {
        const reason = this.#options.policy.refusesPlugin(extension, name, item);
        if (reason !== undefined) return [`${name}/${item}`, reason];
      }
    return undefined;
  }

  /** A number that nobody has and beside which no file lies, since its extension could not listen there. */
  #drawUuid(): number {
    for (;;) {
      const uuid = randomInt(1, uuidCount);
      if (!this.extensions.has(uuid) && !existsSync(extensionSocket(this.#options.managerSocket, uuid))) return uuid;
    }
  }

  /** Whether an extension keeps its name. One that has just registered need not listen yet. */
  async #isLive(extension: KnownExtension): Promise<boolean> {
    if (extension.outOfService || hasEnded(extension.peer)) return false;
    const young = Date.now() - extension.registeredAt < this.#options.timeoutMs;
    if (extension.state === 'starting' && young && !existsSync(extension.socketPath)) return true;
    return isListening(extension.socketPath, probeTimeoutMs);
  }

  /**
   * Forgets the former extension of the same name, and dead ones that have a plugin this one brings.
   * @returns their tables that stay declared, because this extension brings them too
   */
  async #makeRoom(extension: KnownExtension, former: KnownExtension | undefined): Promise<readonly string[]> {
    const { registry } = this.#options;
    const inTheWay = new Set(former === undefined ? [] : [former]);
    for (const [name, items] of Object.entries(extension.registry))
      for (const item of Object.keys(items)) {
        const owner = this.extensions.get(registry.ownerOf(name, item) ?? 0);
        if (owner?.state === 'dead') inTheWay.add(owner);
      }
    const kept = new Set(extension.tables.map(({ name }) => name));
    const declared: string[] = [];
    for (const old of inTheWay)
      declared.push(...(await this.#forget(old, 'replaced', `${extension.uuid} takes its place`, kept)));
    return declared;
  }

  /** Adds an extension to the registry and its tables to the engine. @returns what went wrong */
  async #add(extension: KnownExtension, declared: readonly string[]): Promise<string | undefined> {
    const { registry, tables, states } = this.#options;
    const fault = this.#route(extension);
    if (fault !== undefined) {
      await tables.detach(declared);
      return fault;
    }
    if (!(await tables.attachAll(extension, declared))) {
      registry.removeRoutes(extension.uuid);
      return 'SQLITE_ERROR';
    }
    this.extensions.set(extension.uuid, extension);
    this.#options.claims.note(extension.name, extension.peer);
    states.begin(extension);
    return undefined;
  }

  /** Lets calls reach the plugins of an extension. @returns what went wrong */
  #route(extension: KnownExtension): string | undefined {
    try {
      this.#options.registry.addRoutes(extension.uuid, extension.name, extension.registry, callerOf(extension));
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Puts another offer in the place of an extension's, or leaves everything as it was. @returns what went wrong */
  async #exchange(extension: KnownExtension, offer: Offer): Promise<string | undefined> {
    const { registry, tables } = this.#options;
    const before = extension.offer;
    const nameOf = ({ name }: { readonly name: string }): string => name;
    const [old, now] = [new Set(before.tables.map(nameOf)), new Set(offer.tables.map(nameOf))];
    registry.removeRoutes(extension.uuid);
    extension.offer = offer;
    const unrouted = this.#route(extension);
    const fault = unrouted ?? ((await tables.attachAll(extension, [...old])) ? undefined : 'SQLITE_ERROR');
    if (fault === undefined) {
      await tables.detach(old.difference(now));
      return undefined;
    }
    registry.removeRoutes(extension.uuid);
    extension.offer = before;
    // Where not all tables could be declared, none is; where the plugins were refused, none was touched.
    if (unrouted === undefined) await tables.attachAll(extension, []);
    this.#route(extension);
    return fault;
  }

  /** @param kept tables that stay declared. @returns those of them that were this extension's */
  async #forget(
    extension: KnownExtension,
    how: ExtensionEnd,
    reason: string,
    kept: ReadonlySet<string> = new Set(),
  ): Promise<readonly string[]> {
    extension.ending.abort();
    extension.leased?.line.close();
    if (how === 'replaced' && extension.leased !== undefined) this.#leases.replaced(extension.leased.lease);
    this.extensions.delete(extension.uuid);
    this.#options.registry.removeRoutes(extension.uuid);
    // A process that was killed has left its socket; one that still runs has been given up, and gets a number of its own again.
    if (extension.outOfService || hasEnded(extension.peer)) removeOwnSocket(extension.socketPath, extension.peer?.uid);
    const { true: left = [], false: gone = [] } = Object.groupBy(
      extension.tables.map(({ name }) => name),
      name => `${kept.has(name)}` as const,
    );
    await this.#options.tables.detach(gone);
    this.#options.states.end(extension, how, reason);
    return left;
  }

  #ifStillKnown(extension: KnownExtension, work: () => Promise<void>): Promise<void> {
    return this.#serial.run(async () => {
      if (!extension.ending.signal.aborted) await work();
    });
  }
}
