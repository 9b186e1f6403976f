import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FakeManager, fakeManager } from '@outpost/sdk/testing';
import { repositoryFile, until } from '../../integration/harness.ts';

/** The program of the example. */
export const loggerProgram = repositoryFile('examples/kinesis-logger/main.ts');

/** An environment in which no AWS settings of this machine are found. */
export const bareEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^AWS_|^KINESIS_/.test(name))),
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
});

/** The environment of a logger that has credentials. */
export const withCredentials = (): NodeJS.ProcessEnv => ({
  ...bareEnvironment(),
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example-secret',
});

/** The logger in a process of its own, registered with a manager, called as an agent calls it. */
export class LoggerTrial {
  readonly #manager: FakeManager;
  readonly #words: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  readonly #plugin: 'aws_kinesis' | 'aws_firehose';
  #process: ChildProcess | undefined;
  #uuid = 0;
  stderr = '';

  private constructor(
    manager: FakeManager,
    plugin: LoggerTrial['plugin'],
    words: readonly string[],
    environment: NodeJS.ProcessEnv,
  ) {
    this.#manager = manager;
    this.#plugin = plugin;
    this.#words = words;
    this.#environment = environment;
  }

  /** Starts a logger with these flags. */
  static async start(
    plugin: LoggerTrial['plugin'],
    words: readonly string[],
    environment: NodeJS.ProcessEnv = withCredentials(),
  ): Promise<LoggerTrial> {
    const version = { status: { code: 0, message: 'OK', uuid: 0 }, response: [{ version: '5.16.0' }] };
    const trial = new LoggerTrial(await fakeManager({ query: () => version }), plugin, words, environment);
    await trial.launch();
    return trial;
  }

  get plugin(): 'aws_kinesis' | 'aws_firehose' {
    return this.#plugin;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Starts the process, again after its death. */
  async launch(): Promise<void> {
    const words = [loggerProgram, '--socket', this.#manager.socket, '--interval', '0.5', ...this.#words];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'pipe'], env: this.#environment });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#process = child;
    const ended = once(child, 'exit').then(() => {
      throw new Error(`The logger ended: ${this.stderr}`);
    });
    this.#uuid = await Promise.race([this.#manager.registered('kinesis-logger'), ended]);
    ended.catch(() => undefined); // from now on its death is a part of the test
  }

  /** Kills the process, and has the manager forget it. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.#manager.drop(this.#uuid);
  }

  /** Ends the process as an agent does. @returns its exit code */
  async end(): Promise<number | null> {
    const child = this.#process;
    if (child === undefined) return null;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#manager.close();
  }

  /** Calls the logger. @throws Error with its message when it failed */
  async call(request: Record<string, string>): Promise<void> {
    const { status } = await this.#manager.call(this.#uuid, 'logger', this.#plugin, request);
    if (status.code !== 0) throw new Error(status.message);
  }

  /** Hands over lines at once. */
  log(lines: readonly string[]): Promise<void> {
    return this.call({ string_batch: JSON.stringify(lines) });
  }

  /** Hands over lines again and again until they are taken, as the outbox of an agent does. */
  async logAnyhow(lines: readonly string[], seconds = 60): Promise<void> {
    await until(
      'that the lines are taken',
      async () => {
        await this.log(lines);
        return true;
      },
      seconds,
    );
  }

  /** The row of the table `kinesis_logger`, as numbers where it has numbers. */
  async meter(): Promise<Readonly<Record<string, number>>> {
    const request = { action: 'generate', context: '{"constraints":[]}' };
    const { response } = await this.#manager.call(this.#uuid, 'table', 'kinesis_logger', request);
    return Object.fromEntries(Object.entries(response[0] ?? {}).map(([name, value]) => [name, Number(value)]));
  }
}

/** A line as the agent writes it. */
export const lineOf = (name: string, sequence: number, host = 'host-1', padding = ''): string =>
  JSON.stringify({
    name,
    hostIdentifier: host,
    unixTime: 1,
    columns: { n: String(sequence), padding },
    action: 'added',
    sequence,
  });
