import type { Store } from '../storage/store.ts';
import { packText, unpackText } from '../storage/values.ts';
import type { IdentifierStore } from './host-identifier.ts';

const keys = ['host_uuid_v3', 'instance_uuid_v1'];

/** Reads the stored identifiers, and gives a view of them that answers at once and writes what is new. */
export const loadIdentifiers = async (store: Store, onFault: (reason: string) => void): Promise<IdentifierStore> => {
  const known = new Map<string, string>();
  for (const key of keys) {
    const value = await store.get('configurations', key);
    if (value !== undefined) known.set(key, unpackText(value));
  }
  return {
    get: key => known.get(key),
    set: (key, value) => {
      if (known.get(key) === value) return;
      known.set(key, value);
      store
        .batch([{ type: 'put', domain: 'configurations', key, value: packText(value) }])
        .catch((error: Error) => onFault(error.message));
    },
  };
};
