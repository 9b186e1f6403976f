import type { FlagStore } from '../../flags/index.ts';
import type { LocalSource } from '../shell.ts';
import { EngineSource, type ShellEngine } from './local.ts';

/** Where the engine is. It is named by its address, so that it is read only when a statement or a table is wanted. */
const engineModule = new URL('../../engine/engine.ts', import.meta.url).href;

interface EngineModule {
  readonly Engine: { open(options: { readonly flags: FlagStore }): Promise<ShellEngine> };
}

/** Opens the engine with the tables of this process. */
export const openEngineSource = async (flags: FlagStore): Promise<LocalSource> => {
  const { Engine } = (await import(engineModule)) as EngineModule;
  return new EngineSource(await Engine.open({ flags }));
};
