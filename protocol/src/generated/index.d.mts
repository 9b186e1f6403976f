// Made by scripts/generate-thrift.ts from protocol/osquery.thrift with Thrift version 0.17.0; not to be edited.
import type { ThriftStruct } from '../binary/thrift.ts';

export type Struct<Fields = object> = ThriftStruct & { [Name in keyof Fields]: Fields[Name] | null };
export type StructClass<Fields = object> = new (fields?: Partial<{ [Name in keyof Fields]: Fields[Name] | null }>) => Struct<Fields>;

export declare const InternalOptionInfo: StructClass<{ value: string; default_value: string; type: string }>;
export type InternalOptionInfo = Struct<{ value: string; default_value: string; type: string }>;
export declare const InternalExtensionInfo: StructClass<{ name: string; version: string; sdk_version: string; min_sdk_version: string }>;
export type InternalExtensionInfo = Struct<{ name: string; version: string; sdk_version: string; min_sdk_version: string }>;
export declare const ExtensionStatus: StructClass<{ code: number; message: string; uuid: number | bigint }>;
export type ExtensionStatus = Struct<{ code: number; message: string; uuid: number | bigint }>;
export declare const ExtensionResponse: StructClass<{ status: ExtensionStatus; response: Record<string, string>[] }>;
export type ExtensionResponse = Struct<{ status: ExtensionStatus; response: Record<string, string>[] }>;
export declare const ExtensionException: StructClass<{ code: number; message: string; uuid: number | bigint }>;
export type ExtensionException = Struct<{ code: number; message: string; uuid: number | bigint }>;

export declare const messages: {
  readonly ping: { readonly Arguments: StructClass; readonly Result: StructClass<{ success: ExtensionStatus }> };
  readonly call: { readonly Arguments: StructClass<{ registry: string; item: string; request: Record<string, string> }>; readonly Result: StructClass<{ success: ExtensionResponse }> };
  readonly shutdown: { readonly Arguments: StructClass; readonly Result: StructClass };
  readonly extensions: { readonly Arguments: StructClass; readonly Result: StructClass<{ success: Record<string, InternalExtensionInfo> }> };
  readonly options: { readonly Arguments: StructClass; readonly Result: StructClass<{ success: Record<string, InternalOptionInfo> }> };
  readonly registerExtension: { readonly Arguments: StructClass<{ info: InternalExtensionInfo; registry: Record<string, Record<string, Record<string, string>[]>> }>; readonly Result: StructClass<{ success: ExtensionStatus }> };
  readonly deregisterExtension: { readonly Arguments: StructClass<{ uuid: number | bigint }>; readonly Result: StructClass<{ success: ExtensionStatus }> };
  readonly query: { readonly Arguments: StructClass<{ sql: string }>; readonly Result: StructClass<{ success: ExtensionResponse }> };
  readonly getQueryColumns: { readonly Arguments: StructClass<{ sql: string }>; readonly Result: StructClass<{ success: ExtensionResponse }> };
};
export declare const services: Readonly<Record<'Extension' | 'ExtensionManager', { readonly Client: unknown; readonly Processor: unknown }>>;
