import { bigint, defineTable, double, integer, type TableDefinition, text } from '@outpost/sdk';
import type { Refusal } from '../extensions/refusals.ts';

/** The table `outpost_extension_refusals`. @param refusals what was refused since the start */
export const outpostExtensionRefusals = (refusals: () => readonly Refusal[]): TableDefinition =>
  defineTable({
    name: 'outpost_extension_refusals',
    description: 'What processes were refused at the extension socket.',
    attributes: { utility: true },
    examples: ['select extension, action, target, reason, count from outpost_extension_refusals'],
    columns: {
      extension: text('The extension that the process is, or wanted to be; empty when it is none'),
      pid: integer('The process that was refused last; null where the system does not say'),
      uid: bigint('Its user'),
      action: text('register, deregister, call or query'),
      target: text('REGISTRY/ITEM, or the extension that was to be deregistered'),
      reason: text('Why it was refused'),
      count: bigint('How often'),
      first: double('When it was refused first, seconds since the epoch'),
      last: double('When it was refused last, seconds since the epoch'),
    },
    generate: () =>
      refusals().map(({ pid, uid, first, last, ...rest }) => ({
        ...rest,
        pid: pid ?? null,
        uid: uid ?? null,
        first: first / 1000,
        last: last / 1000,
      })),
  }) as TableDefinition;
