import type { FileView } from '@outpost/sdk';
import { quietly } from './quietly.ts';

/** UUIDs that machines carry when nobody gave them one of their own. */
const placeholders = new Set([
  '00000000-0000-0000-0000-000000000000',
  '03000200-0400-0500-0006-000700080009',
  '03020100-0504-0706-0809-0a0b0c0d0e0f',
  '10000000-0000-8000-0040-000000000000',
]);

/** The UUID that the firmware gives the machine; undefined without one of its own, or without root. */
export function firmwareUuid(files: FileView): string | undefined {
  const uuid = (quietly(() => files.readTextIfPresent('/sys/class/dmi/id/product_uuid')) ?? '').trim();
  return uuid === '' || placeholders.has(uuid.toLowerCase()) ? undefined : uuid;
}
