import { sendDatagram } from '../system.ts';

/** What a service manager can be told: sd_notify(3). */
export type ServiceState =
  | 'READY=1'
  | 'STOPPING=1'
  | 'RELOADING=1'
  | 'WATCHDOG=1'
  | `STATUS=${string}`
  | `MONOTONIC_USEC=${number}`;

/** How a service manager is told of the state of this service. */
export interface ServiceManager {
  /** Tells it. What it cannot take, since it is away or its queue is full, is lost, and said once. */
  tell(...states: readonly ServiceState[]): void;
  /** Tells it that the configuration is read again, and when that began; `READY=1` ends it. */
  reloading(): void;
}

/** How often it wants a sign of life, milliseconds: half of the time after which it takes us for dead; undefined when it wants none. */
const signOfLife = (
  { WATCHDOG_USEC: time, WATCHDOG_PID: pid }: NodeJS.ProcessEnv,
  ownPid: number,
): number | undefined => {
  const microseconds = Number(time);
  if (!(microseconds > 0) || (pid !== undefined && Number(pid) !== ownPid)) return undefined;
  return Math.max(1, Math.floor(microseconds / 2000));
};

/**
 * The service manager that started this process, by the variables of sd_notify(3) and sd_watchdog_enabled(3), which are taken out of the
 * environment: children are no service. It gets the signs of life that it wants while the event loop of this process turns. Without one, telling
 * does nothing.
 * @param onTrouble is told, once, why it could not be told
 */
export const serviceManager = (
  environment: NodeJS.ProcessEnv,
  onTrouble: (reason: string) => void,
  ownPid = process.pid,
): ServiceManager => {
  const path = environment.NOTIFY_SOCKET ?? '';
  const signOfLifeMs = path === '' ? undefined : signOfLife(environment, ownPid);
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name];
  let troubled = !/^[/@]./.test(path);
  if (troubled && path !== '') onTrouble(`NOTIFY_SOCKET is neither a path nor an abstract name: ${path}`);
  const tell = (...states: readonly ServiceState[]): void => {
    if (path === '' || !/^[/@]./.test(path)) return;
    try {
      sendDatagram(path, states.join('\n'));
    } catch (error) {
      if (!troubled) onTrouble(`The service manager at ${path} cannot be told: ${(error as Error).message}`);
      troubled = true;
    }
  };
  const reloading = (): void =>
    tell('RELOADING=1', `MONOTONIC_USEC=${Math.floor(Number(process.hrtime.bigint()) / 1000)}`);
  if (signOfLifeMs !== undefined) setInterval(() => tell('WATCHDOG=1'), signOfLifeMs).unref();
  return { tell, reloading };
};
