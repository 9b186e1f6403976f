import { type Check, fault, sound } from '../check.ts';
import { ask, eachPlugin, objectOf, refusesAll } from './plugins.ts';

/** How sources of configuration answer. */
export const configChecks: readonly Check[] = [
  {
    id: 'config.gen_config',
    asked: '{action: "genConfig"}',
    expected: 'code 0 and one row: the name of each source with its JSON text, an object',
    remedy: 'Answer [{source: json}]; answer code 1 with a message only while there is no configuration to be had.',
    run: trial =>
      eachPlugin(trial, 'config', name =>
        ask(trial, ['config', name], { action: 'genConfig' }, ({ response }) => {
          if (response.length !== 1) return fault(`${response.length} rows`);
          const sources = Object.entries(response[0] ?? {});
          const broken = sources.find(([, json]) => objectOf(json) === undefined);
          if (sources.length === 0) return fault('no source');
          return broken === undefined ? sound : fault(`the source ${broken[0]} is no JSON object`);
        }),
      ),
  },
  {
    id: 'config.gen_pack',
    asked: '{action: "genPack", name, value} for a pack that does not exist',
    expected: 'any answer; the extension goes on',
    remedy: 'Answer status code 1 with a message that names the pack.',
    run: trial =>
      eachPlugin(trial, 'config', async name => {
        const request = { action: 'genPack', name: 'outpost_no_such_pack', value: '/no/such/pack' };
        await trial.call('config', name, request).catch(() => undefined);
        const trouble = await trial.trouble();
        return trouble === undefined ? sound : fault(trouble);
      }),
  },
  {
    id: 'config.unknown_action',
    asked: 'an action that sources of configuration do not have, and none at all',
    expected: 'a code other than 0, or an exception; the extension goes on',
    remedy: 'Answer status code 1 with a message that names the action.',
    run: trial =>
      eachPlugin(trial, 'config', name => refusesAll(trial, ['config', name], [{ action: 'no_such_action' }, {}])),
  },
];
