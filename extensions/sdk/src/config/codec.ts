import type { PluginRequest, PluginResponse } from '@outpost/protocol';
import { RequestRefused } from '../answer.ts';
import type { ConfigSources } from './definition.ts';

/** A request to a config plugin. `update` and `option` are meant for the core's own item `update`. */
export type ConfigRequest =
  | { readonly action: 'genConfig' }
  | { readonly action: 'genPack'; readonly name: string; readonly value: string }
  | { readonly action: 'update'; readonly source: string; readonly data: string }
  | { readonly action: 'option'; readonly name: string };

/** A request as the map that travels. */
export const encodeConfigRequest = (request: ConfigRequest): PluginRequest => ({ ...request });

/** Reads the map of a request. @throws RequestRefused with osquery's text. */
export function decodeConfigRequest(map: PluginRequest): ConfigRequest {
  const { action, name, value, source, data } = map;
  switch (action) {
    case undefined:
      throw new RequestRefused('Config plugins require an action');
    case 'genConfig':
      return { action };
    case 'genPack':
      if (name === undefined || value === undefined) throw new RequestRefused('Missing name or value');
      return { action, name, value };
    case 'update':
      if (source === undefined || data === undefined) throw new RequestRefused('Missing source or data');
      return { action, source, data };
    case 'option':
      if (name === undefined) throw new RequestRefused('Missing option name');
      return { action, name };
    default:
      throw new RequestRefused(`Config plugin action unknown: ${action}`);
  }
}

/** The response to `genConfig`: one row with a pair for each source. */
export const encodeConfigSources = (sources: ConfigSources): PluginResponse => [{ ...sources }];

/** The sources of a `genConfig` response; further rows are ignored, no row is no source. */
export const decodeConfigSources = (response: PluginResponse): ConfigSources => response[0] ?? {};

/** The response to `genPack`. */
export const encodePack = (name: string, json: string): PluginResponse => [Object.fromEntries([[name, json]])];

/** The JSON text of a `genPack` response; undefined when it has none. */
export const decodePack = (name: string, response: PluginResponse): string | undefined => response[0]?.[name];
