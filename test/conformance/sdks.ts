import { repositoryFile } from '../integration/harness.ts';
import type { ForeignProgram } from './build.ts';

/** What one of the SDKs of osquery can do, beyond tables, a configuration and a logger, which all can. */
export interface StockSdk extends ForeignProgram {
  readonly language: 'go' | 'python' | 'rust';
  /** Whether it serves sources of live queries. */
  readonly distributed: boolean;
  /** Whether its loggers take the status log. */
  readonly statusLines: boolean;
}

/** osquery-go. */
export const go: StockSdk = {
  language: 'go',
  name: 'extension-go',
  sources: ['examples/extension-go'],
  tools: [['go', 'version']],
  commands: [['go', 'build', '-o', 'example_go.ext', '.']],
  program: 'example_go.ext',
  distributed: true,
  statusLines: true,
};

/** osquery-python. */
export const python: StockSdk = {
  language: 'python',
  name: 'extension-python',
  sources: ['examples/extension-python'],
  tools: [['python3', '--version']],
  commands: [
    ['python3', '-m', 'venv', '.venv'],
    ['.venv/bin/pip', 'install', '--quiet', '--require-hashes', '-r', 'requirements.txt'],
  ],
  program: 'example_python.ext',
  distributed: false,
  statusLines: false,
};

/** osquery-rust-ng; without optimisation and what a debugger needs, since that is built in a third of the time. */
export const rust: StockSdk = {
  language: 'rust',
  name: 'extension-rust',
  sources: ['examples/extension-rust'],
  tools: [['cargo', '--version']],
  commands: [['cargo', 'build', '--quiet', '--locked']],
  environment: { CARGO_PROFILE_DEV_DEBUG: '0', CARGO_TARGET_DIR: 'target' },
  program: 'target/debug/example_rust',
  distributed: false,
  statusLines: true,
};

/** Our SDK for Python, on version 2. */
export const sdkPython: ForeignProgram = {
  name: 'extension-sdk-python',
  sources: ['extensions/sdk-python', 'examples/extension-sdk-python'],
  tools: [['python3', '--version']],
  commands: [
    ['python3', '-m', 'venv', '.venv'],
    ['.venv/bin/pip', 'install', '--quiet', '--require-hashes', '-r', 'requirements.txt'],
  ],
  program: 'example_sdk_python.ext',
};

/** Our SDK for Go, on version 2. */
export const sdkGo: ForeignProgram = {
  name: 'extension-sdk-go',
  sources: ['examples/extension-sdk-go'],
  tools: [['go', 'version']],
  commands: [
    ['go', 'mod', 'edit', `-replace=example.org/outpost/sdk-go=${repositoryFile('extensions', 'sdk-go')}`],
    ['go', 'build', '-o', 'example_sdk_go.ext', '.'],
  ],
  program: 'example_sdk_go.ext',
};
