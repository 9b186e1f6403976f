import { hidden, runtime } from '../definition.ts';

/** Flags of scheduled and distributed queries. */
export const scheduleFlags = {
  disable_caching: runtime(
    'bool',
    'false',
    'Ask a cacheable table anew for each scheduled query, though another one has just asked it',
  ),
  disable_distributed: runtime('bool', 'true', 'Ask for no distributed queries', { effect: 'start' }),
  distributed_denylist_duration: runtime(
    'uint64',
    '86400',
    'Seconds that a distributed query which killed the agent is not run again',
  ),
  distributed_interval: runtime('uint64', '60', 'Seconds between questions for distributed queries'),
  distributed_deadline: runtime('uint64', '300', 'Seconds that a distributed query may take'),
  distributed_loginfo: runtime('bool', 'false', 'Say in the status log which distributed query runs'),
  distributed_spool: runtime('string', '', 'Directory of the spool plugin: queries in, results out', {
    effect: 'start',
  }),
  distributed_plugin: runtime('string', 'tls', 'Plugin that brings distributed queries and takes their results', {
    effect: 'start',
  }),
  schedule_deadline: runtime('uint64', '600', 'Seconds that a scheduled query may take'),
  schedule_default_interval: runtime('uint64', '3600', 'Seconds between runs of a query that gives no interval'),
  schedule_epoch: runtime('uint64', '0', 'Number stamped on differential results; a new number starts them afresh'),
  schedule_lognames: runtime('bool', 'false', 'Say in the status log which scheduled query runs'),
  schedule_max_drift: runtime('uint64', '60', 'Seconds by which the schedule may lag before it stops catching up'),
  schedule_reload: runtime(
    'uint64',
    '3600',
    'Seconds of the schedule after which the database is closed and opened again, 0 for never',
  ),
  schedule_reload_sql: hidden('bool', 'false', 'End idle query threads, too, when the database is opened again'),
  schedule_splay_percent: runtime(
    'uint64',
    '10',
    'Percent of its interval by which a query is moved, to spread the load',
  ),
  schedule_strikes: runtime(
    'bool',
    'true',
    'Hold a query that did harm 5 minutes, then 30, then 4 hours, then a day; false for a day at once, as osquery does',
  ),
  schedule_timeout: runtime(
    'uint64',
    '0',
    'Seconds after which the schedule and its process end, 0 for never; a watcher starts a new one',
  ),
};
