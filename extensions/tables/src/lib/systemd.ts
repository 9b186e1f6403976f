import type { FileView } from '@outpost/sdk';
import { BusConnection } from './dbus/connection.ts';
import type { BusCall } from './dbus/message.ts';
import type { BusValue } from './dbus/reader.ts';

/** systemd's own socket, which only root may use, works without a bus; the other is that of the system's bus. */
const places = [
  { path: '/run/systemd/private', bus: false },
  { path: '/run/dbus/system_bus_socket', bus: true },
  { path: '/var/run/dbus/system_bus_socket', bus: true },
] as const;

const destination = 'org.freedesktop.systemd1';
const manager = {
  destination,
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
} as const;
const hello: BusCall = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
  member: 'Hello',
};

/** A unit as systemd lists it (org.freedesktop.systemd1(5), ListUnits). */
export interface SystemdUnit {
  readonly id: string;
  readonly description: string;
  readonly loadState: string;
  readonly activeState: string;
  readonly subState: string;
  readonly following: string;
  /** The unit's object on the bus. */
  readonly path: string;
  /** 0 when no job is queued. */
  readonly jobId: number;
  readonly jobType: string;
  readonly jobPath: string;
}

/** Properties of a unit that are read one by one, and the interface that has them. */
const interfaces = {
  FragmentPath: 'Unit',
  SourcePath: 'Unit',
  UnitFileState: 'Unit',
  User: 'Service',
} as const;

/** The name of such a property. */
export type UnitProperty = keyof typeof interfaces;

/** Whether a unit can have a property: only services have a user. */
const canHave = (unit: SystemdUnit, property: UnitProperty): boolean =>
  interfaces[property] === 'Unit' || unit.id.endsWith('.service');

function unitOf(row: BusValue): SystemdUnit {
  const fields = Array.isArray(row) ? (row as readonly BusValue[]) : [];
  const text = (index: number): string => String(fields[index] ?? '');
  return {
    id: text(0),
    description: text(1),
    loadState: text(2),
    activeState: text(3),
    subState: text(4),
    following: text(5),
    path: text(6),
    jobId: Number(fields[7] ?? 0),
    jobType: text(8),
    jobPath: text(9),
  };
}

/** The manager of services of this machine. Everything here waits, ten seconds at most. */
export class Systemd implements Disposable {
  readonly #connection: BusConnection;

  private constructor(connection: BusConnection) {
    this.#connection = connection;
  }

  /** Connects; undefined on a machine where systemd is not running. @throws Error when it is, but does not answer */
  static connect(files: FileView): Systemd | undefined {
    let failure: unknown;
    const root = files.root === '/' ? '' : files.root;
    for (const { path, bus } of places) {
      if (!files.exists(path)) continue;
      try {
        const connection = new BusConnection(root + path);
        if (bus) [...connection.calls([hello])];
        return new Systemd(connection);
      } catch (error) {
        // The other socket may still be one that we may use; the first failure says more than the last.
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    return undefined;
  }

  /** Every unit in memory. @throws Error when systemd refuses or does not answer */
  units(): SystemdUnit[] {
    const [reply] = this.#connection.calls([{ ...manager, member: 'ListUnits' }]);
    if (reply?.error !== undefined) throw new Error(`ListUnits: ${reply.error}`);
    const list = reply?.values[0];
    return Array.isArray(list) ? list.map(unitOf) : [];
  }

  /** The units, each with the properties asked for; a property that a unit has not is left out. */
  *withProperties(
    units: readonly SystemdUnit[],
    wanted: readonly UnitProperty[],
  ): Generator<[SystemdUnit, Partial<Record<UnitProperty, string>>]> {
    const asked = (unit: SystemdUnit): UnitProperty[] => wanted.filter(property => canHave(unit, property));
    const replies = this.#connection.calls(
      units.flatMap(unit =>
        asked(unit).map(property => ({
          destination,
          path: unit.path,
          interface: 'org.freedesktop.DBus.Properties',
          member: 'Get',
          arguments: [`${destination}.${interfaces[property]}`, property],
        })),
      ),
    );
    for (const unit of units) {
      const found: Partial<Record<UnitProperty, string>> = {};
      for (const property of asked(unit)) {
        const value = replies.next().value;
        // A unit that is gone by now answers with an error.
        if (value !== undefined && value.error === undefined) found[property] = String(value.values[0] ?? '');
      }
      yield [unit, found];
    }
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }
}
