export * from './platform.ts';
export * from './table/schema.ts';
export type * from './table/context.ts';
export { tableContext } from './table/context.ts';
export { convertValue, valueText } from './table/values.ts';
export * from './table/files.ts';
export * from './table/definition.ts';
