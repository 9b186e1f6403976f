/** Records of the golden data that a replay does not have to meet, with the reason. The first that fits counts. */
export interface Difference {
  readonly names: RegExp;
  /** Why: by decision, or because a part is missing that the record needs. */
  readonly reason: string;
}

/** Records that this shell answers in another way on purpose, or that need what this stage does not have. */
export const differences: readonly Difference[] = [
  { names: /^dot '\.(h|help)' positional$|^help /, reason: 'own wording of the help texts' },
  {
    names: /^help(short|on|match)$/,
    reason: 'all help flags print the help and exit 0, where gflags prints nothing useful',
  },
  { names: /^dot '\.(summary|show|sh|su)' |^show |^socket, piped stdin/, reason: 'own title, own version, own flags' },
  { names: /^dot '\.vers|^flag -?-version/, reason: 'own name and version' },
  { names: /^dot '\.features'/, reason: 'lists the flags that exist here' },
  { names: /^timer$/, reason: 'real times' },
  { names: /^flagfile missing$/, reason: 'a whole sentence where osquery prints what perror(3) does' },
  {
    names: /^flagfile (space form|unknown|bool with value word|config option|bare non-bool)$/,
    reason: 'says which lines it passes over',
  },
  { names: /^connect none/, reason: 'one line that names the socket, where osquery prints two' },
  { names: /^flag -v /, reason: 'no description after the error' },
  { names: /^gflag --(alarm_timeout=5|logger_mode=)/, reason: 'one line an error, where osquery prints two' },
  { names: /^planner/, reason: '--planner has no effect yet' },
  { names: /^pack /, reason: '--pack comes with packs' },
  {
    names:
      /^(config|verbose one shot|database_dump|D as osqueryi|S with value|positional given|noversion osqueryd|D with value)/,
    reason: 'needs the configuration or the daemon',
  },
  { names: /^connected: /, reason: 'needs a daemon; tests of the remote source stand for it' },
  { names: /^extension flag missing file$/, reason: "osquery's exit code 78 after a query that ran is a fault of it" },
  {
    names:
      /blob$|\.types|^types |pragma|attach|explain|bound parameter|vacuum|load_extension|^sql parameter|^sql json|required|insert|update/,
    reason: 'needs the engine',
  },
  { names: /disable_tables|enable_tables|foreign|events on|event table/, reason: 'needs the engine and its catalog' },
  {
    names: /^dot '\.schema(| file_| osquery_sch| curl)' |^dot all then sql|^extensions table|^A |^L /,
    reason: 'needs tables of later stages',
  },
];
