import { checkPlugin, seal } from '../definition.ts';

/** A line of the agent's own status log. */
export interface LoggedStatus {
  /** 0 info, 1 warning, 2 error, 3 fatal. */
  readonly severity: number;
  /** The source file, or the part of the agent that speaks. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly hostIdentifier: string;
  /** The time in words, UTC. */
  readonly calendarTime: string;
  /** Seconds since the epoch. */
  readonly unixTime: number;
}

/** How many lines of a batch were taken; all, when it is not said. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is one that took all
export type BatchTaken = number | void;

/**
 * What a logger plugin's author writes. A handler that throws or rejects says that the line was not delivered; it must not return
 * before the line is as safe as the logger makes it.
 */
export interface LoggerSpec {
  /** The value of `--logger_plugin` that chooses this plugin. */
  readonly name: string;
  /** One sentence: where the lines go. */
  readonly description: string;
  /** Called before the first line, and again before the next one after a failure; `processName` is the agent's name, as in file names. */
  init?(processName: string): void | Promise<void>;
  /** Takes one line of results: JSON, without a line break. */
  logString(line: string): void | Promise<void>;
  /** Takes one snapshot line; it goes to `logString` when left out. */
  logSnapshot?(line: string): void | Promise<void>;
  /** Takes status lines. A logger without it is sent none. */
  logStatus?(statuses: readonly LoggedStatus[]): void | Promise<void>;
  /**
   * Takes several result lines at once; each goes to `logString` when left out. It may return how many of them, from the first on,
   * are delivered: the others come again.
   */
  logBatch?(lines: readonly string[]): BatchTaken | Promise<BatchTaken>;
  /** Takes an event straight from its publisher, as JSON. A logger without it is sent none. */
  logEvent?(event: string): void | Promise<void>;
}

/** A logger plugin, checked: made by {@link defineLogger} only. */
export interface LoggerDefinition extends LoggerSpec {
  readonly kind: 'logger';
}

const optional = ['init', 'logSnapshot', 'logStatus', 'logBatch', 'logEvent'] as const;

/**
 * Defines a plugin that takes the agent's log lines.
 *
 * @throws OutpostError DEFINITION_INVALID, naming every fault at once.
 */
export function defineLogger(spec: LoggerSpec): LoggerDefinition {
  checkPlugin('logger', spec, { required: ['logString'], optional });
  const { name, description } = spec;
  return seal<LoggerDefinition>({
    kind: 'logger',
    name,
    description,
    logString: line => spec.logString(line),
    ...(spec.init && { init: processName => spec.init?.(processName) }),
    ...(spec.logSnapshot && { logSnapshot: line => spec.logSnapshot?.(line) }),
    ...(spec.logStatus && { logStatus: statuses => spec.logStatus?.(statuses) }),
    ...(spec.logBatch && { logBatch: lines => spec.logBatch?.(lines) }),
    ...(spec.logEvent && { logEvent: event => spec.logEvent?.(event) }),
  });
}
