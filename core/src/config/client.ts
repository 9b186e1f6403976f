import { type ExtensionResponse, OutpostError, type PluginRequest } from '@outpost/protocol';
import { type ConfigSources, decodeConfigSources, decodePack, encodeConfigRequest } from '@outpost/sdk';
import { reasonOf } from '../reason.ts';

/** Asks the active config plugin something, wherever it runs; gives up when the signal fires. */
export type CallPlugin = (request: PluginRequest, signal: AbortSignal) => Promise<ExtensionResponse>;

/** The active config plugin, typed. */
export class ConfigClient {
  readonly #plugin: string;
  readonly #call: (request: PluginRequest) => Promise<ExtensionResponse>;

  /**
   * @param plugin its name, for messages
   * @param signal ends all calls
   */
  constructor(plugin: string, call: CallPlugin, signal: AbortSignal) {
    this.#plugin = plugin;
    this.#call = request => call(request, signal);
  }

  /** The texts of the configuration, by source. @throws OutpostError CONFIG_UNAVAILABLE */
  async sources(): Promise<ConfigSources> {
    let answer: ExtensionResponse;
    try {
      answer = await this.#call(encodeConfigRequest({ action: 'genConfig' }));
    } catch (cause) {
      throw this.#unavailable(reasonOf(cause), cause);
    }
    if (answer.status.code !== 0) throw this.#unavailable(answer.status.message);
    return decodeConfigSources(answer.response);
  }

  /** The text of a pack; undefined when the plugin has none, or fails. */
  async pack(name: string, value: string): Promise<string | undefined> {
    try {
      const { status, response } = await this.#call(encodeConfigRequest({ action: 'genPack', name, value }));
      return status.code === 0 ? decodePack(name, response) : undefined;
    } catch {
      // The configuration says which pack is missing; one pack must not spoil the rest.
      return undefined;
    }
  }

  #unavailable(reason: string, cause?: unknown): OutpostError {
    return new OutpostError('CONFIG_UNAVAILABLE', { plugin: this.#plugin, reason }, { cause });
  }
}
