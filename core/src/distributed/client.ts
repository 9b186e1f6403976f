import type { ExtensionResponse } from '@outpost/protocol';
import {
  type DistributedRequest,
  decodeDistributedRead,
  encodeDistributedRequest,
  encodeDistributedResults,
  type WrittenResult,
} from '@outpost/sdk';
import { reasonOf } from '../reason.ts';
import type { DistributedOptions } from './options.ts';

/** The active distributed plugin, typed. Says once when it begins to fail, and once when it works again. */
export class DistributedClient {
  readonly #options: DistributedOptions;
  readonly #failing = new Set<DistributedRequest['action']>();

  constructor(options: DistributedOptions) {
    this.#options = options;
  }

  /** The JSON text of new queries; undefined when the plugin failed. */
  async read(): Promise<string | undefined> {
    const answer = await this.#ask({ action: 'getQueries' });
    return answer === undefined ? undefined : decodeDistributedRead(answer.response);
  }

  /** Hands over results; false when the plugin did not take them. */
  async write(results: readonly WrittenResult[]): Promise<boolean> {
    return (await this.#ask({ action: 'writeResults', results: encodeDistributedResults(results) })) !== undefined;
  }

  async #ask(request: DistributedRequest): Promise<ExtensionResponse | undefined> {
    try {
      const answer = await this.#options.call(encodeDistributedRequest(request));
      if (answer.status.code === 0) return this.#works(request, answer);
      return this.#fails(request, answer.status.message);
    } catch (error) {
      return this.#fails(request, reasonOf(error));
    }
  }

  #works({ action }: DistributedRequest, answer: ExtensionResponse): ExtensionResponse {
    const { status, plugin } = this.#options;
    if (this.#failing.delete(action)) status.info('distributed', `${deeds[action]} ${plugin} works again`);
    return answer;
  }

  #fails({ action }: DistributedRequest, reason: string): undefined {
    const { status, plugin } = this.#options;
    const text = `${deeds[action]} ${plugin} fails: ${reason}`;
    if (this.#failing.has(action)) status.verbose('distributed', text);
    else status.warning('distributed', text);
    this.#failing.add(action);
    return undefined;
  }
}

const deeds = {
  getQueries: 'Reading distributed queries from',
  writeResults: 'Writing distributed results to',
} as const;
