import { createHash, randomUUID } from 'node:crypto';
import { type Envelope, envelopeOf } from './line.ts';

/** What the partition key of a record is made of. */
export const keyModes = ['host', 'query', 'host_query', 'random'] as const;
export type KeyMode = (typeof keyModes)[number];

/** Which lines may share a record, what its partition key is, and whether records of one key keep their order. */
export interface KeyRule {
  groupOf(line: string): string;
  /** The key of a new record for lines of a group. */
  keyOf(group: string): string;
  readonly ordered: boolean;
}

/** How many characters a partition key may have (PutRecordsRequestEntry of the Kinesis API). */
const longestKey = 256;

const fitting = (key: string): string =>
  key.length <= longestKey ? key : createHash('sha256').update(key).digest('hex');

const parts: Readonly<Record<Exclude<KeyMode, 'random'>, (envelope: Envelope) => string>> = {
  host: ({ hostIdentifier }) => hostIdentifier,
  query: ({ name, hostIdentifier }) => name || hostIdentifier,
  host_query: ({ name, hostIdentifier }) => `${hostIdentifier}/${name}`,
};

/**
 * The rule for a stream with partition keys.
 * @param fallback stands for a host identifier that a line does not have
 * @param ordered whether records of one key keep their order; those with random keys have none
 */
export function keyRule(mode: KeyMode, fallback: string, ordered: boolean): KeyRule {
  if (mode === 'random') return { groupOf: () => '', keyOf: () => randomUUID(), ordered: false };
  const groupOf = (line: string): string => {
    const { name, hostIdentifier } = envelopeOf(line);
    return fitting(parts[mode]({ name, hostIdentifier: hostIdentifier || fallback }));
  };
  return { groupOf, keyOf: group => group, ordered };
}

/** The rule for a stream without partition keys. */
export const noKeys: KeyRule = { groupOf: () => '', keyOf: () => '', ordered: false };
