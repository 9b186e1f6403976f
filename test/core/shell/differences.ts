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
  { names: /explain/, reason: 'the plan carries the text of our own index' },
  { names: /^stdin begin commit/, reason: 'the engine ends a transaction with the statement that left it open' },
  { names: /^sql drop/, reason: 'a table of the agent may not be dropped' },
  { names: /^sql load_extension/, reason: 'the authorizer refuses the function, and the status log says so' },
  { names: /required/, reason: 'needs the table curl; the test of the table hash stands for it' },
  { names: /process_events|^events on$|event table|^foreign/, reason: 'needs event tables' },
  { names: /^dot '\.schema(| file_| osquery_sch| curl)' |^L /, reason: 'needs tables of later stages' },
];

/** Records that need more of the engine than SQLite is: they are replayed on the real one. */
export const onRealEngine =
  /blob$|\.types|^types |pragma|attach|explain|parameter|vacuum|load_extension|required|insert|update|_tables|\.tables|\.schema|disabled table|^dot all|^extensions table|^A |drop|regexp|ambiguous|json1|concat|^sql (create|begin)|^stdin (sql|begin)/;
