import { setTimeout as delay } from 'node:timers/promises';
import { ExtensionManagerClient, OutpostError, unixEndpoint } from '@outpost/protocol';

/** What has to be there. */
export interface Readiness {
  /** Extensions that must be ready, by name. */
  readonly extensions: readonly string[];
  /** Tables that statements must be able to name. */
  readonly tables: readonly string[];
}

/** How long one question may take, and how long lies between two, milliseconds. */
const [answerMs, pauseMs] = [2000, 100];

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** What is not there yet, as the end of a sentence; undefined when everything is. */
const missing = async (
  client: ExtensionManagerClient,
  { extensions, tables }: Readiness,
): Promise<string | undefined> => {
  for (const name of extensions) {
    const sql = `select state from outpost_extensions where name = ${quoted(name)} order by state = 'ready'`;
    const { status, response } = await client.query(sql);
    if (status.code !== 0) return `the agent does not answer: ${status.message}`;
    const state = response.at(-1)?.state;
    if (state === undefined) return `the extension ${name} has not registered`;
    if (state !== 'ready') return `the extension ${name} is ${state}`;
  }
  for (const table of tables) {
    const { status } = await client.getQueryColumns(`select * from "${table.replaceAll('"', '""')}"`);
    if (status.code !== 0) return status.message;
  }
  return undefined;
};

const look = async (socket: string, wanted: Readiness): Promise<string | undefined> => {
  try {
    const client = await ExtensionManagerClient.connect(unixEndpoint(socket), { timeoutMs: answerMs });
    try {
      await client.ping();
      return await missing(client, wanted);
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof OutpostError) return error.message.replace(/\.$/, '');
    throw error;
  }
};

/**
 * `outpost wait-ready`: waits until the agent answers at its socket and everything that is wanted is there.
 * @returns the exit code: 0, or 1 when it has not come within the time; then what is missing is said
 */
export const waitReady = async (socket: string, wanted: Readiness, timeoutSeconds: number): Promise<number> => {
  const deadline = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const reason = await look(socket, wanted);
    if (reason === undefined) return 0;
    if (performance.now() + pauseMs > deadline) {
      process.stderr.write(`The agent is not ready after ${timeoutSeconds} s: ${reason}.\n`);
      return 1;
    }
    await delay(pauseMs);
  }
};
