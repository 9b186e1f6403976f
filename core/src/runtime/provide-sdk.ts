/**
 * Is loaded before a script that the agent runs: a script that lies where no package is installed finds those of the agent, so that an
 * extension may be a single file.
 */
import { registerHooks } from 'node:module';

const provided = /^@outpost\/(?:sdk|protocol)(?:\/|$)/;

registerHooks({
  resolve: (specifier, context, nextResolve) => {
    if (!provided.test(specifier)) return nextResolve(specifier, context);
    try {
      return nextResolve(specifier, context);
    } catch {
      return nextResolve(specifier, { ...context, parentURL: import.meta.url });
    }
  },
});
