import type { TableDefinition } from '@outpost/sdk';
import type { FlagStore } from '../../flags/index.ts';
import type { ConnectedExtension } from '../../tables/osquery_extensions.ts';

/** What the tables about the agent itself tell of. */
export interface AgentState {
  readonly flags: FlagStore;
  extensions(): readonly ConnectedExtension[];
}

/** The tables about the agent that a shell has, by name. A module is read when a statement first names one of them. */
const loaders: Readonly<Record<string, (state: AgentState) => Promise<TableDefinition>>> = {
  osquery_extensions: async state =>
    (await import('../../tables/osquery_extensions.ts')).osqueryExtensions(() => state.extensions()),
  osquery_flags: async state => (await import('../../tables/osquery_flags.ts')).osqueryFlags(() => state.flags.rows()),
};

/** The names of all of them. */
export const agentTableNames: readonly string[] = Object.keys(loaders);

/** The definitions of all of them. */
export const loadAgentTables = (state: AgentState): Promise<TableDefinition[]> =>
  Promise.all(Object.values(loaders).map(load => load(state)));

/** Whether a text names a table about the agent, or may do so. */
export const namesAgentTable = (text: string): boolean => /\b(?:osquery|outpost)_/i.test(text);
