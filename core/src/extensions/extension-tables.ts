import type { StatusLog } from '../status.ts';
import { messageOf } from './answers.ts';
import type { KnownExtension } from './known-extension.ts';
import type { SqlService } from './sql-service.ts';

/** Who may hold the socket of an extension: its own user, the agent's and root. */
const trustedUids = (uid: number): readonly number[] => [...new Set([uid, process.geteuid?.() ?? uid, 0])];

/** Declares the tables of extensions in the SQL engine, and takes them back. */
export class ExtensionTables {
  readonly #sql: SqlService;
  readonly #status: StatusLog;

  constructor(sql: SqlService, status: StatusLog) {
    this.#sql = sql;
    this.#status = status;
  }

  /**
   * Declares all tables of an extension, or none.
   *
   * @param declared those of its names that are declared already, for a former extension
   * @returns whether all could be declared
   */
  async attachAll(extension: KnownExtension, declared: readonly string[]): Promise<boolean> {
    const attached = new Set(declared);
    for (const { name } of extension.tables) {
      if (!(await this.#attach(extension, name))) {
        await this.detach(attached);
        return false;
      }
      attached.add(name);
    }
    return true;
  }

  /** Lets queries reach an extension's tables again. */
  async resume(extension: KnownExtension): Promise<void> {
    for (const { name } of extension.tables) await this.#attach(extension, name);
  }

  /** Keeps the tables declared, and lets queries on them fail with the reason. */
  async suspend(extension: KnownExtension): Promise<void> {
    const { message } = extension.notResponding();
    for (const { name } of extension.tables)
      await this.#settle(`suspending table: ${name}`, this.#sql.suspend(name, message));
  }

  /** Takes tables back. */
  async detach(names: Iterable<string>): Promise<void> {
    for (const name of names) await this.#settle(`detaching table: ${name}`, this.#sql.detach(name));
  }

  async #attach(extension: KnownExtension, name: string): Promise<boolean> {
    const schema = extension.tables.find(table => table.name === name);
    if (schema === undefined) return false;
    const { uuid, socketPath, peer, leased, offer } = extension;
    const attaching = this.#sql.attach(name, schema, {
      uuid,
      socketPath,
      extension: extension.name,
      ...(peer === undefined ? {} : { peerUids: trustedUids(peer.uid) }),
      ...(leased && { lease: { generation: leased.lease.generation, writable: offer.writable ?? [] } }),
    });
    return this.#settle(`creating named virtual table: ${name} (1)`, attaching);
  }

  async #settle(action: string, work: Promise<void>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      this.#status.error('extensions', `Error ${action}: ${messageOf(error)}`);
      return false;
    }
  }
}
