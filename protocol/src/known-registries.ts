/** The registries that exist, osquery's; an extension may announce items for these only. */
const known: ReadonlySet<string> = new Set([
  'config',
  'config_parser',
  'database',
  'distributed',
  'enroll',
  'event_publisher',
  'event_subscriber',
  'logger',
  'numeric_monitoring',
  'osquery_events_stream',
  'sql',
  'table',
]);

/** Whether there is a registry of that name. */
export const isKnownRegistry = (name: string): boolean => known.has(name);
