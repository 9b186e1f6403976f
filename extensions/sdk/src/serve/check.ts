import { OutpostError } from '@outpost/protocol';
import { isPluginDefinition, type PluginDefinition, registryOf } from '../plugin.ts';

/** Checks what `serve` is asked to serve. @throws OutpostError DEFINITION_INVALID with every fault. */
export function checkServe(definitions: readonly PluginDefinition[], { name }: { readonly name: string }): void {
  const faults: string[] = [];
  if (typeof name !== 'string' || name.trim() === '') faults.push('the extension has no name');
  if (definitions.length === 0) faults.push('there is no plugin to serve');
  const seen = new Set<string>();
  definitions.forEach((definition, index) => {
    if (!isPluginDefinition(definition)) {
      faults.push(`the plugin number ${index + 1} was not made by a define function`);
      return;
    }
    const aliases = definition.kind === 'table' ? definition.schema.aliases : [];
    for (const own of [definition.name, ...aliases]) {
      const key = `${registryOf(definition)} ${own}`;
      if (seen.has(key)) faults.push(`two plugins are called ${key}`);
      seen.add(key);
    }
  });
  if (faults.length > 0)
    throw new OutpostError('DEFINITION_INVALID', { kind: 'extension', name, faults: `${faults.join('; ')}.` });
}
