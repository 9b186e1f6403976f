import { createHash } from 'node:crypto';
import type { ConfigSources } from '@outpost/sdk';
import { byteOrder } from '../byte-order.ts';
import type { ConfigFault } from './fault.ts';
import { type FetchPack, type ParsedSource, parseSource } from './source.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

interface SourceState {
  /** Of the text as it came. */
  readonly hash: string;
  /** The last text that parsed; it stays in force when a newer one does not. */
  readonly parsed?: ParsedSource | undefined;
  /** Why the text as it came does not count. */
  readonly fault?: ConfigFault;
}

/** A fault and the hash of the text that it is in: said once for each text. */
export interface TextFault {
  readonly hash: string;
  readonly fault: ConfigFault;
}

/** The sources of the configuration, in the byte order of their names. */
export class Sources {
  #states: ReadonlyMap<string, SourceState> = new Map();

  /** The sources that are in force. */
  get parsed(): ParsedSource[] {
    return [...this.#states.values()].flatMap(({ parsed }) => parsed ?? []);
  }

  /** What is wrong with texts as such. */
  get faults(): TextFault[] {
    return [...this.#states.values()].flatMap(({ hash, fault, parsed }) => {
      const found = fault === undefined ? (parsed?.faults ?? []) : [fault];
      return found.map(one => ({ hash, fault: one }));
    });
  }

  /** `osquery_info.config_hash`: the SHA-1 of the SHA-1s of all texts. */
  get hash(): string {
    return sha1([...this.#states.values()].map(({ hash }) => hash).join(''));
  }

  /** Takes over all texts; gives the names of sources that changed, came or went. */
  async update(texts: ConfigSources, fetchPack: FetchPack): Promise<readonly string[]> {
    const names = Object.keys(texts).sort(byteOrder);
    const gone = [...this.#states.keys()].filter(name => !Object.hasOwn(texts, name));
    const changed: string[] = [];
    const states = new Map<string, SourceState>();
    for (const name of names) {
      const text = texts[name] ?? '';
      const known = this.#states.get(name);
      const hash = sha1(text);
      if (known?.hash === hash) states.set(name, known);
      else {
        states.set(name, await newState(name, text, hash, known, fetchPack));
        changed.push(name);
      }
    }
    this.#states = states;
    return [...changed, ...gone];
  }
}

async function newState(
  name: string,
  text: string,
  hash: string,
  known: SourceState | undefined,
  fetchPack: FetchPack,
): Promise<SourceState> {
  const parsed = await parseSource(name, text, fetchPack);
  return 'fault' in parsed ? { hash, parsed: known?.parsed, fault: parsed.fault } : { hash, parsed };
}
