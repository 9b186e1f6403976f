/**
 * The kinds of plugin, each with the registry it lives in. The one list: `hostPlugin`, `routesOf` and `serve` are tables over it,
 * so the compiler names every place that a new kind (enroll, publisher) must be added to.
 */
export const registries = {
  table: 'table',
  config: 'config',
  logger: 'logger',
  distributed: 'distributed',
} as const;

/** What a plugin is. */
export type PluginKind = keyof typeof registries;
