import { type Check, type Found, fault, sound } from '../check.ts';
import type { Trial } from '../trial.ts';
import { ask, eachPlugin, objectOf, refusesAll } from './plugins.ts';

const readFault = (json: string | undefined): Found => {
  const read = objectOf(json);
  if (read === undefined) return fault(`the results are no JSON object: ${JSON.stringify(json)}`);
  const { queries = {}, discovery = {} } = read;
  for (const [key, texts] of Object.entries({ queries, discovery })) {
    if (typeof texts !== 'object' || texts === null) return fault(`${key} is no object`);
    const wrong = Object.entries(texts).find(([, sql]) => typeof sql !== 'string');
    if (wrong !== undefined) return fault(`${key}: the SQL of ${wrong[0]} is no text`);
  }
  return sound;
};

const results = { queries: {}, statuses: {}, messages: {}, stats: {} };
const one = {
  queries: { outpost_conformance: [{ n: '1' }] },
  statuses: { outpost_conformance: 0 },
  messages: { outpost_conformance: '' },
  stats: { outpost_conformance: {} },
};

const writes = (trial: Trial, body: object): Promise<Found> =>
  eachPlugin(trial, 'distributed', name =>
    ask(trial, ['distributed', name], { action: 'writeResults', results: JSON.stringify(body) }),
  );

/** How sources of live queries answer. They fetch queries and give results of a query of their own. */
export const distributedChecks: readonly Check[] = [
  {
    id: 'distributed.get_queries',
    asked: '{action: "getQueries"}',
    expected: 'code 0 and one row {results: JSON}, an object whose "queries" has SQL by id',
    remedy: 'Answer [{results: \'{"queries":{}}\'}] when there is nothing to ask.',
    run: trial =>
      eachPlugin(trial, 'distributed', name =>
        ask(trial, ['distributed', name], { action: 'getQueries' }, ({ response }) =>
          response.length === 1 ? readFault(response[0]?.results) : fault(`${response.length} rows`),
        ),
      ),
  },
  {
    id: 'distributed.write_results',
    asked: '{action: "writeResults", results} with the result of one query',
    expected: 'code 0, once the results are delivered',
    remedy: 'Results come by query id under queries, statuses, messages and stats; drop ids that you do not know.',
    run: trial => writes(trial, one),
  },
  {
    id: 'distributed.write_none',
    asked: '{action: "writeResults", results} without any query',
    expected: 'code 0',
    remedy: 'Take empty objects under queries, statuses, messages and stats.',
    run: trial => writes(trial, results),
  },
  {
    id: 'distributed.refused',
    asked: 'writeResults without results or with a text that is no JSON, and an unknown action',
    expected: 'a code other than 0, or an exception; the extension goes on',
    remedy: 'Answer status code 1 with a message that says what is missing.',
    advisory: true,
    run: trial =>
      eachPlugin(trial, 'distributed', name =>
        refusesAll(
          trial,
          ['distributed', name],
          [{ action: 'writeResults' }, { action: 'writeResults', results: 'no JSON' }, { action: 'no_such_action' }],
        ),
      ),
  },
];
