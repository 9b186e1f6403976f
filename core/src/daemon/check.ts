import { addPlugins } from '../agent/bundled.ts';
import { Core } from '../agent/core.ts';
import { type Config, faultText } from '../config/index.ts';
import type { FlagStore } from '../flags/index.ts';
import { StatusLog } from '../status.ts';
import { openConfig } from './configuration.ts';

/** Reads the configuration in a process that does nothing else. */
const withConfig = async (flags: FlagStore, use: (config: Config) => Promise<number>): Promise<number> => {
  const status = new StatusLog({ verbose: false, minStatus: 0, minStderr: 4, stderr: false });
  const core = await Core.open(flags, status);
  try {
    await addPlugins(core.engine, core.registry, flags);
    await core.addStateTables();
    return await use(await openConfig(core));
  } finally {
    await core.close();
  }
};

/** `--config_check`: prints what is wrong with the configuration, and what looks mistyped. @returns 0 when nothing is wrong, else 1 */
export const checkConfig = (flags: FlagStore): Promise<number> =>
  withConfig(flags, async config => {
    const errors = await config.check();
    for (const fault of config.faults) process.stderr.write(`${fault.severity}: ${faultText(fault)}\n`);
    return errors.length === 0 ? 0 : 1;
  });

/** `--config_dump`: prints the text of each source as it was read. @returns 0, or 1 when there is none */
export const dumpConfig = (flags: FlagStore): Promise<number> =>
  withConfig(flags, async config => {
    for (const [source, text] of Object.entries(await config.dump())) process.stdout.write(`{"${source}": ${text}}\n`);
    return 0;
  });
