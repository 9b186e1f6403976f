import type { TableDefinition } from '@outpost/sdk';

/** Whether a table has a handler for writes of any kind. Only then have its rows ids. */
export const isWritable = ({ insert, update, delete: remove }: TableDefinition): boolean =>
  (insert ?? update ?? remove) !== undefined;
