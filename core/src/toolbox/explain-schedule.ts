import { ExtensionManagerClient, OutpostError, type PluginRow, unixEndpoint } from '@outpost/protocol';

/** Asks a running agent. */
type Ask = (sql: string) => Promise<readonly PluginRow[]>;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const time = (unixSeconds: string | undefined): string =>
  new Date(Number(unixSeconds) * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
const plural = (count: string | undefined, one: string): string => `${count} ${one}${count === '1' ? '' : 's'}`;

const milliseconds = (text: string | undefined): string => `${Number(Number(text).toPrecision(3))} ms`;

const lastRun = (row: PluginRow, runs: readonly PluginRow[]): string => {
  if (row.last_status === '') return 'It has not run since the agent started.';
  const reason = runs.at(-1)?.reason ?? '';
  const told = reason === '' ? '' : ` (${reason})`;
  const rows = row.last_status === 'ok' ? `, ${plural(row.last_rows, 'row')}${told}` : '';
  const error = row.last_error === '' ? '' : `: ${row.last_error}${row.last_code === '' ? '' : ` (${row.last_code})`}`;
  return `Last run: ${time(row.last_started)}, ${row.last_status}${rows}${error}`;
};

const tally = (row: PluginRow): string =>
  `Since the start: ${plural(row.runs_ok, 'run')} with a result, ${row.runs_failed} failed, ${row.runs_left_out} left out.`;

const pace = (row: PluginRow): readonly string[] =>
  row.p50_ms === ''
    ? []
    : [
        `Half of the last runs took at most ${milliseconds(row.p50_ms)}, 95 of 100 at most ${milliseconds(row.p95_ms)}.`,
      ];

/** Why a query that gives results may log nothing. */
const silence = (runs: readonly PluginRow[]): readonly string[] => {
  const last = runs.findLast(({ status }) => status === 'ok');
  if (last === undefined || last.added !== '0' || last.removed !== '0') return [];
  return last.rows === '0'
    ? ['Its last result had no rows, so that there was nothing to log.']
    : ['Its last result was the same as the one before, so that there was nothing to log; a snapshot query logs each.'];
};

/** What is known about queries beside their standing, by name. */
interface Beside {
  readonly runs: ReadonlyMap<string | undefined, readonly PluginRow[]>;
  readonly held: ReadonlyMap<string | undefined, readonly PluginRow[]>;
}

const scheduled = (row: PluginRow, beside: Beside): readonly string[] => {
  const runs = beside.runs.get(row.name) ?? [];
  const held = beside.held.get(row.name) ?? [];
  return [
    `${row.name}: every ${row.splayed_interval} s (${row.interval} s and splay), ${row.running === '1' ? 'running now' : `due in ${row.next_run_in} s`}`,
    `  ${row.query}`,
    lastRun(row, runs),
    tally(row),
    ...pace(row),
    ...silence(runs),
    ...held.map(
      ({ reason, evidence, strikes, until, query }) =>
        `In quarantine until ${time(until)} (strike ${strikes}, ${reason}): ${evidence}\n` +
        `  delete from outpost_quarantine where query = ${quoted(query ?? '')};`,
    ),
  ];
};

/** Why a query is not in the schedule. */
const absent = async (ask: Ask, name: string): Promise<readonly string[]> => {
  const faults = await ask('select source, line, "column", message from outpost_config_faults');
  const packs = await ask('select name from osquery_packs where active = 0');
  const names = (await ask('select name from osquery_schedule')).map(row => row.name);
  return [
    `${name} is not scheduled.`,
    ...faults
      .filter(({ message = '' }) => message.includes(name))
      .map(({ source, line, column, message }) => `${source}:${line}:${column}: ${message}`),
    ...packs
      .filter(pack => name.includes(pack.name ?? ''))
      .map(
        pack => `The pack ${pack.name} is not active: it is not for this machine, or its discovery query gave no rows.`,
      ),
    `Scheduled are: ${names.length === 0 ? 'no queries' : names.join(', ')}.`,
  ];
};

const join = `select s.*, o.query, o.interval from outpost_schedule s join osquery_schedule o using (name)`;

/** What is to be said about a query, or about all of them. @returns lines, and whether the query is scheduled */
const explain = async (ask: Ask, name: string | undefined): Promise<{ lines: readonly string[]; found: boolean }> => {
  const rows = await ask(name === undefined ? join : `${join} where name = ${quoted(name)}`);
  if (rows.length === 0)
    return name === undefined
      ? { lines: ['Nothing is scheduled.'], found: true }
      : { lines: await absent(ask, name), found: false };
  const only = (column: string): string => (name === undefined ? '' : ` where ${column} = ${quoted(name)}`);
  const runs = await ask(`select * from outpost_query_runs${only('name')}`);
  const held = await ask(`select * from outpost_quarantine${only('query')}`);
  const beside = { runs: Map.groupBy(runs, run => run.name), held: Map.groupBy(held, entry => entry.query) };
  return { lines: [rows.map(row => scheduled(row, beside).join('\n')).join('\n\n')], found: true };
};

/**
 * `outpost explain-schedule [NAME]`: prints how a scheduled query of a running agent is doing, and why it logs nothing.
 * @param socket the agent's extension socket
 * @returns the exit code: 1 when the query is not scheduled
 * @throws OutpostError SOCKET_NOT_AVAILABLE when nobody listens at the socket, MANAGER_QUERY_FAILED
 */
export const explainSchedule = async (name: string | undefined, socket: string): Promise<number> => {
  const client = await ExtensionManagerClient.connect(unixEndpoint(socket));
  try {
    const ask: Ask = async sql => {
      const { status, response } = await client.query(sql);
      if (status.code !== 0) throw new OutpostError('MANAGER_QUERY_FAILED', { message: status.message });
      return response;
    };
    const { lines, found } = await explain(ask, name);
    process.stdout.write(`${lines.join('\n')}\n`);
    return found ? 0 : 1;
  } finally {
    client.close();
  }
};
