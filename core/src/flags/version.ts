import packageFile from '../../package.json' with { type: 'json' };

/** The version of the agent, as package.json has it. */
export const agentVersion: string = packageFile.version;
