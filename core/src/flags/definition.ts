/**
 * What a flag is. The table of flags (./table/) is the only place that names them: parsing, `--help`, `osquery_flags`, `options()`
 * of the extension API and the suggestions for mistyped names are made from it.
 */
import type { Program } from './program.ts';

/** The types that gflags has for osquery's flags. */
export type FlagType = 'bool' | 'string' | 'int32' | 'uint32' | 'uint64';

/**
 * Who may set a flag, and where `--help` shows it:
 * `cli` command line and flag file only; `runtime` these and the `options` of the configuration; `shell` as `cli`, for the shell;
 * `hidden` as `runtime`, and not in `--help`.
 */
export type FlagClass = 'cli' | 'runtime' | 'shell' | 'hidden';

/** When a changed value is heeded: at the next start of the process, or from the moment it is set. */
export type FlagEffect = 'start' | 'live';

/** Returns what is wrong with a value of the right type, as a whole sentence, or undefined when it will do. */
export type FlagCheck = (text: string) => string | undefined;

/** The default of a flag: its text, or a function where the text depends on the program and who runs it. */
export type FlagDefault = string | ((program: Program) => string);

/** One row of the table of flags. */
export interface FlagDefinition<Type extends FlagType = FlagType> {
  readonly type: Type;
  readonly class: FlagClass;
  readonly effect: FlagEffect;
  readonly default: FlagDefault;
  readonly description: string;
  readonly check: FlagCheck | undefined;
}

type Define = <const Type extends FlagType>(
  type: Type,
  defaultText: FlagDefault,
  description: string,
  more?: { readonly effect?: FlagEffect; readonly check?: FlagCheck },
) => FlagDefinition<Type>;

const definer =
  (flagClass: FlagClass, usualEffect: FlagEffect): Define =>
  (type, defaultText, description, more = {}) => ({
    type,
    class: flagClass,
    effect: more.effect ?? usualEffect,
    default: defaultText,
    description,
    check: more.check,
  });

/** Defines a flag of the command line and the flag file only. */
export const cli = definer('cli', 'start');
/** Defines a flag that the configuration may set, too. */
export const runtime = definer('runtime', 'live');
/** Defines a flag of the shell. */
export const shell = definer('shell', 'start');
/** Defines a flag as {@link runtime} that `--help` leaves out. */
export const hidden = definer('hidden', 'live');
