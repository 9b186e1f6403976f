/** The process of an extension that is kept running, as its supervisor knows it. It imports nothing: the watcher tells it to the worker. */
export interface SupervisedProcess {
  /** What the log calls it: the name of its file. */
  readonly name: string;
  /** The file. */
  readonly path: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Since when it has run, or not run, milliseconds since the epoch. */
  readonly since: number;
  /** How the last one ended, and when it is started again; '' for none that ended. */
  readonly end: string;
}
