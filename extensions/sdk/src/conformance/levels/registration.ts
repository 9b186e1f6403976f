import { isCompatibleSdk, isKnownRegistry, type PluginRow } from '@outpost/protocol';
import { reservedWords } from '../../table/reserved.ts';
import { columnTypes } from '../../table/schema.ts';
import { type Check, type Found, fault, firstFault, sound } from '../check.ts';
import type { Trial } from '../trial.ts';

const faultIf = (holds: boolean, text: string): Found => (holds ? fault(text) : sound);

const registers = async ({ registered, process, options }: Trial): Promise<Found> => {
  if (registered !== undefined) return sound;
  return fault(process.ending ?? `no registration within ${options.timeoutMs / 1000} s`);
};

const wantedKeys: Readonly<Record<string, readonly string[]>> = {
  column: ['name', 'type', 'op'],
  alias: ['alias'],
  columnAlias: ['name', 'target'],
  attributes: ['attributes'],
};

/** What is wrong with one route row. */
const rowFault = (row: PluginRow, columns: ReadonlySet<string>): string | undefined => {
  const shown = JSON.stringify(row);
  const { id = '', name = '', type = '', op = '0', target = '' } = row;
  const wanted = wantedKeys[id];
  if (wanted === undefined) return `the route row ${shown} has no known "id"`;
  const missing = wanted.filter(key => row[key] === undefined);
  if (missing.length > 0) return `the route row ${shown} lacks ${missing.join(', ')}`;
  if (id === 'columnAlias' && !columns.has(target)) return `the route row ${shown} comes before its column`;
  if (id !== 'column') return undefined;
  if (name === '' || name.includes('`')) return `the column name ${JSON.stringify(name)} is no name`;
  if (columns.has(name.toLowerCase())) return `the column ${name} is there twice`;
  if (!(columnTypes as readonly string[]).includes(type))
    return `the column ${name} has the type ${JSON.stringify(type)}`;
  return /^\d+$/.test(op) ? undefined : `the column ${name} has the options ${JSON.stringify(op)}`;
};

const routesFault = (routes: readonly PluginRow[]): string | undefined => {
  const columns = new Set<string>();
  for (const row of routes) {
    const found = rowFault(row, columns);
    if (found !== undefined) return found;
    if (row.id === 'column') columns.add((row.name ?? '').toLowerCase());
  }
  return columns.size === 0 ? 'it has no columns' : undefined;
};

const nameFault = (name: string): string | undefined => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'its name is not letters, digits and underscores';
  return reservedWords.has(name.toLowerCase()) ? 'its name is a reserved word of SQL' : undefined;
};

const eachTable = (trial: Trial, look: (name: string, routes: readonly PluginRow[]) => string | undefined) =>
  firstFault(Object.entries(trial.registration.registry.table ?? {}), 'it has no tables', async ([name, routes]) => {
    const found = look(name, routes);
    return found === undefined ? sound : fault(`table ${name}: ${found}`);
  });

/** How an extension introduces itself. */
export const registrationChecks: readonly Check[] = [
  {
    id: 'core.registers',
    asked: 'start with --socket, --timeout and --interval, and be found by the agent',
    expected: 'it connects to the socket and calls registerExtension in time',
    remedy: 'Take these three flags and --verbose, wait for the socket until --timeout is over, then register.',
    run: registers,
  },
  {
    id: 'core.name',
    asked: 'introduce yourself',
    expected: 'the registration has a name',
    remedy: 'Give InternalExtensionInfo a name; an agent takes each name once.',
    run: async ({ registration: { info } }) => faultIf(info.name.trim() === '', 'the name is empty'),
  },
  {
    id: 'core.sdk_version',
    asked: 'introduce yourself',
    expected: 'sdk_version is empty, or 1.7.7 or later',
    remedy: 'Announce the version of the SDK you are built with; older ones are refused.',
    run: async ({ registration: { info } }) =>
      faultIf(!isCompatibleSdk(info.sdkVersion), `sdk_version is ${JSON.stringify(info.sdkVersion)}`),
  },
  {
    id: 'core.registries',
    asked: 'name your plugins',
    expected: 'every registry is one that agents have',
    remedy:
      'Register only under table, config, logger and distributed: an unknown registry makes the whole registration fail.',
    run: async ({ registration: { registry } }) => {
      const unknown = Object.keys(registry).filter(name => !isKnownRegistry(name));
      return faultIf(unknown.length > 0, `it registers under ${unknown.join(', ')}`);
    },
  },
  {
    id: 'core.plugins',
    asked: 'name your plugins',
    expected: 'it brings one at least',
    remedy: 'Add a plugin before the extension registers.',
    advisory: true,
    run: async ({ registration: { registry } }) =>
      faultIf(
        Object.values(registry).every(items => Object.keys(items).length === 0),
        'it brings none',
      ),
  },
  {
    id: 'core.table_names',
    asked: 'name your tables',
    expected: 'every name can stand in a query without quotes',
    remedy: 'Use lower-case letters, digits and underscores, and no reserved word.',
    run: trial => eachTable(trial, name => nameFault(name)),
  },
  {
    id: 'core.routes',
    asked: 'describe your tables',
    expected: 'every table has route rows of known kinds, with columns of known types that are named once',
    remedy: `A column is {id: "column", name, type, op}; types are ${columnTypes.join(', ')}, spelled so; op is a decimal number.`,
    run: trial => eachTable(trial, (_name, routes) => routesFault(routes)),
  },
  {
    id: 'core.listens',
    asked: 'listen at SOCKET.UUID, with the uuid of the registration',
    expected: 'a ping on a new connection is answered with code 0, in time',
    remedy: 'Serve Thrift (TBinaryProtocol, unframed) at that socket as soon as the registration is answered.',
    run: async trial => {
      const trouble = await trial.trouble();
      return trouble === undefined ? sound : fault(trouble);
    },
  },
  {
    id: 'core.columns',
    asked: 'the request {action: "columns"}, of every table',
    expected: 'the same rows as in the registration: agents ask again when they attach the table anew',
    remedy: 'Answer the action "columns" from the same place as the registration.',
    run: trial =>
      firstFault(trial.plugins('table'), 'it has no tables', async name => {
        const { status, response } = await trial.call('table', name, { action: 'columns' });
        if (status.code !== 0) return fault(`table ${name}: code ${status.code}, ${JSON.stringify(status.message)}`);
        const key = (rows: readonly PluginRow[]): string => JSON.stringify(rows.map(row => Object.entries(row).sort()));
        const same = key(response) === key(trial.registration.registry.table?.[name] ?? []);
        return same ? sound : fault(`table ${name}: other rows: ${JSON.stringify(response).slice(0, 300)}`);
      }),
  },
];
