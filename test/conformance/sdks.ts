import { repositoryFile } from '../integration/harness.ts';
import type { ForeignProgram } from './build.ts';

/** What an SDK can do, beyond tables, a configuration and a logger, which all can. */
export interface Sdk extends ForeignProgram {
  readonly language: 'go' | 'python' | 'rust' | 'typescript' | 'sdk_go' | 'sdk_python';
  /** Whether it speaks version 2 only: then the suite of version 1 is not for it. */
  readonly leased?: true;
  /** The names of what its example brings. */
  readonly names: { readonly greetings: string; readonly notes: string; readonly plugin: string };
  /** Whether it serves sources of live queries. */
  readonly distributed: boolean;
  /** Whether its loggers take the status log. */
  readonly statusLines: boolean;
  /** Whether an extension that was started by hand waits for the next agent when its own has ended. */
  readonly waits: boolean;
  /** Checks of the conformance suite that give advice. */
  readonly advice: readonly string[];
}

const namesIn = (language: string): Sdk['names'] => ({
  greetings: `${language}_greetings`,
  notes: `${language}_notes`,
  plugin: `${language}_file`,
});

/** Ours. Nothing has to be built: sources run as they are. */
export const typescript: Sdk = {
  language: 'typescript',
  names: { greetings: 'hello', notes: 'notes', plugin: 'file_example' },
  name: 'extension-typescript',
  sources: ['test/conformance'],
  tools: [],
  commands: [],
  program: 'typescript-extension.ts',
  distributed: true,
  statusLines: true,
  waits: true,
  advice: [],
};

/** osquery-go. */
export const go: Sdk = {
  language: 'go',
  names: namesIn('go'),
  name: 'extension-go',
  sources: ['examples/extension-go'],
  tools: [['go', 'version']],
  commands: [['go', 'build', '-o', 'example_go.ext', '.']],
  program: 'example_go.ext',
  distributed: true,
  statusLines: true,
  waits: false,
  advice: ['core.forgotten', 'writable.answer'],
};

/** osquery-python. */
export const python: Sdk = {
  language: 'python',
  names: namesIn('python'),
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
  waits: false,
  advice: ['core.beside', 'core.forgotten', 'writable.answer'],
};

/** osquery-rust-ng; without optimisation and what a debugger needs, since that is built in a third of the time. */
export const rust: Sdk = {
  language: 'rust',
  names: namesIn('rust'),
  name: 'extension-rust',
  sources: ['examples/extension-rust'],
  tools: [['cargo', '--version']],
  commands: [['cargo', 'build', '--quiet', '--locked']],
  environment: { CARGO_PROFILE_DEV_DEBUG: '0', CARGO_TARGET_DIR: 'target' },
  program: 'target/debug/example_rust',
  distributed: false,
  statusLines: true,
  waits: false,
  advice: ['core.forgotten', 'logger.unknown'],
};

/** Our SDK for Python, on version 2. */
export const sdkPython: Sdk = {
  language: 'sdk_python',
  leased: true,
  names: namesIn('sdk_python'),
  distributed: true,
  statusLines: true,
  waits: true,
  advice: [],
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
export const sdkGo: Sdk = {
  language: 'sdk_go',
  leased: true,
  names: namesIn('sdk_go'),
  distributed: true,
  statusLines: true,
  waits: true,
  advice: [],
  name: 'extension-sdk-go',
  sources: ['examples/extension-sdk-go'],
  tools: [['go', 'version']],
  commands: [
    ['go', 'mod', 'edit', `-replace=example.org/outpost/sdk-go=${repositoryFile('extensions', 'sdk-go')}`],
    ['go', 'build', '-o', 'example_sdk_go.ext', '.'],
  ],
  program: 'example_sdk_go.ext',
};
