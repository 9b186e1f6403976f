import { type Frame, type FrameJson, frameJson } from '@outpost/protocol';

type Fields = Readonly<Record<string, FrameJson>>;

const isObject = (value: FrameJson): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field somewhere in a message, by the names of the fields on the way. */
export const fieldAt = (value: FrameJson, ...path: readonly string[]): FrameJson => {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (!isObject(value)) return undefined;
  const key = Object.keys(value).find(full => full.split(':')[1] === name);
  return key === undefined ? undefined : fieldAt(value[key], ...rest);
};

/** The uuid that a manager gives in this message; undefined when it gives none. */
export const registeredUuid = (frame: Frame): number | undefined => {
  if (frame.kind !== 'reply') return undefined;
  const json = frameJson(frame);
  if (frame.method === 'registerExtension' && fieldAt(json, 'success', 'code') === 0)
    return Number(fieldAt(json, 'success', 'uuid') ?? 0);
  if (frame.method !== 'openLease') return undefined;
  const uuid = fieldAt(json, 'success', 'lease', 'uuid');
  return uuid === undefined ? undefined : Number(uuid);
};

/** The columns of the tables that an extension registers in this message, by table; none in any other message. */
export const registeredColumns = (frame: Frame): ReadonlyMap<string, readonly string[]> => {
  const registry = frame.kind === 'call' ? fieldAt(frameJson(frame), 'registry') : undefined;
  const tables = isObject(registry) ? registry.table : undefined;
  if (!isObject(tables)) return new Map();
  return new Map(
    Object.entries(tables).map(([table, routes]) => [
      table,
      (Array.isArray(routes) ? routes : []).flatMap(route =>
        isObject(route) && route.id === 'column' ? [String(route.name)] : [],
      ),
    ]),
  );
};
