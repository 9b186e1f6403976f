/** Messages of version 2 by which an extension holds its place in the manager. */
import type { LeaseGrant as GrantStruct, Lease as LeaseStruct } from '../generated/index.mjs';
import type { ExtensionInfo, ExtensionRegistry } from '../types.ts';
import type {
  EventAnswer,
  EventPush,
  Lease,
  LeaseAnswer,
  LeaseGrant,
  RegistryUpdate,
  TableDocument,
} from '../version2.ts';
import { packDocument, unpackDocument } from './documents.ts';
import { packInfo, unpackInfo } from './extension-info.ts';
import type { Structs } from './message.ts';
import { type Message2, requestCodec, resultCodec } from './message2.ts';

const packLease = ({ uuid, generation }: Lease, structs: Structs): LeaseStruct =>
  Object.assign(new structs.Lease(), { uuid, generation });

const unpackLease = (lease: LeaseStruct | null): Lease => ({
  uuid: Number(lease?.uuid ?? 0),
  generation: Number(lease?.generation ?? 0),
});

const grantResult = (name: 'openLease' | 'updateRegistry') =>
  resultCodec<GrantStruct, LeaseGrant>(
    name,
    structs => structs.LeaseGrant,
    ({ lease, intervalMs }, structs) => ({ lease: packLease(lease, structs), interval_ms: intervalMs }),
    ({ lease, interval_ms }) => ({ lease: unpackLease(lease), intervalMs: interval_ms ?? 0 }),
  );

/** Registers an extension that speaks version 2. */
export const openLease: Message2<
  readonly [info: ExtensionInfo, registry: ExtensionRegistry, tables: readonly TableDocument[]],
  LeaseGrant
> = {
  name: 'openLease',
  request: requestCodec(
    structs => structs.messages.openLease.Arguments,
    ([info, registry, tables], structs) => ({
      info: packInfo(info, structs),
      registry,
      tables: tables.map(document => packDocument(document, structs)),
    }),
    ({ info, registry, tables }) => [unpackInfo(info), registry ?? {}, (tables ?? []).map(unpackDocument)],
  ),
  result: grantResult('openLease'),
};

/** A sign of life. */
export const renew: Message2<readonly [lease: Lease], LeaseAnswer> = {
  name: 'renew',
  request: requestCodec(
    structs => structs.messages.renew.Arguments,
    ([lease], structs) => ({ lease: packLease(lease, structs) }),
    ({ lease }) => [unpackLease(lease)],
  ),
  result: resultCodec(
    'renew',
    structs => structs.LeaseAnswer,
    ({ state, intervalMs }) => ({ state, interval_ms: intervalMs }),
    ({ state, interval_ms }) => ({ state: state ?? 0, intervalMs: interval_ms ?? 0 }),
  ),
};

/** Changes the plugins of a living lease. */
export const updateRegistry: Message2<readonly [lease: Lease, update: RegistryUpdate], LeaseGrant> = {
  name: 'updateRegistry',
  request: requestCodec(
    structs => structs.messages.updateRegistry.Arguments,
    ([lease, { add, tables, remove }], structs) => ({
      lease: packLease(lease, structs),
      add,
      tables: tables.map(document => packDocument(document, structs)),
      remove: remove as Record<string, string[]>,
    }),
    ({ lease, add, tables, remove }) => [
      unpackLease(lease),
      { add: add ?? {}, tables: (tables ?? []).map(unpackDocument), remove: remove ?? {} },
    ],
  ),
  result: grantResult('updateRegistry'),
};

/** Events of an event table. */
export const pushEvents: Message2<readonly [lease: Lease, push: EventPush], EventAnswer> = {
  name: 'pushEvents',
  request: requestCodec(
    structs => structs.messages.pushEvents.Arguments,
    ([lease, push], structs) => ({ ...push, lease: packLease(lease, structs) }),
    ({ lease, table, sequence, rows, lost, reason }) => [
      unpackLease(lease),
      {
        table: table ?? '',
        sequence: Number(sequence ?? 0),
        rows: rows ?? new Uint8Array(),
        lost: Number(lost ?? 0),
        reason: reason ?? '',
      },
    ],
  ),
  result: resultCodec(
    'pushEvents',
    structs => structs.EventAnswer,
    ({ sequence, creditBytes, creditMs }) => ({ sequence, credit_bytes: creditBytes, credit_ms: creditMs }),
    ({ sequence, credit_bytes, credit_ms }) => ({
      sequence: Number(sequence ?? 0),
      creditBytes: Number(credit_bytes ?? 0),
      creditMs: credit_ms ?? 0,
    }),
  ),
};
