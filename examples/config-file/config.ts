#!/usr/bin/env node
import { defineConfig, serve } from '@outpost/sdk';

const path = process.env.CONFIG_FILE ?? '/etc/outpost/outpost.conf';

/** --config_plugin=file_example */
export const fileConfig = defineConfig({
  name: 'file_example',
  description: 'Reads the configuration from one file.',
  genConfig: ({ files }) => ({ [path]: files.readText(path) }),
  genPack: (_name, packPath, { files }) => files.readText(packPath),
});

if (import.meta.main) await serve([fileConfig], { name: 'config-file' });
