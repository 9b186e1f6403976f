import type { ExtensionResponse, PluginRequest } from '@outpost/protocol';
import { type Found, fault, firstFault, sound } from '../check.ts';
import { messageOf, type Trial } from '../trial.ts';

/** Looks at every plugin of a registry. */
export const eachPlugin = (trial: Trial, registry: string, look: (name: string) => Promise<Found>): Promise<Found> =>
  firstFault(trial.plugins(registry), `it has no plugin in the registry ${registry}`, look);

/** Calls a plugin and looks at an answer of code 0; another code is a fault. */
export const ask = async (
  trial: Trial,
  [registry, name]: readonly [registry: string, name: string],
  request: PluginRequest,
  look: (answer: ExtensionResponse) => Found = () => sound,
): Promise<Found> => {
  const answer = await trial.call(registry, name, request).catch(messageOf);
  const told = `${registry} ${name}: ${JSON.stringify(request).slice(0, 100)}`;
  if (typeof answer === 'string') return fault(`${told}: ${answer}`);
  const { code, message } = answer.status;
  if (code !== 0) return fault(`${told}: code ${code}, ${JSON.stringify(message)}`);
  const found = look(answer);
  return found.kind === 'fault' ? fault(`${registry} ${name}: ${found.text}`) : found;
};

/** Requests that a plugin must refuse: by a code or an exception, and it goes on. */
export const refusesAll = async (
  trial: Trial,
  [registry, name]: readonly [registry: string, name: string],
  requests: readonly PluginRequest[],
): Promise<Found> => {
  for (const request of requests) {
    const told = `${registry} ${name}: ${JSON.stringify(request)}`;
    const answer = await trial.call(registry, name, request).catch(messageOf);
    const trouble = await trial.trouble();
    if (trouble !== undefined) return fault(`${told}: ${trouble}`);
    if (typeof answer !== 'string' && answer.status.code === 0) return fault(`${told} is answered with code 0`);
  }
  return sound;
};

/** A JSON text that holds an object, decoded; undefined when it does not. */
export const objectOf = (json: string | undefined): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(json ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
};
