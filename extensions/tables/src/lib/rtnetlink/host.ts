import { dumpRoute, dumps } from '../sys/rtnetlink.ts';
import { type Link, parseLink } from './links.ts';

/** The interfaces of this machine by their numbers. @throws Error when the kernel does not tell */
export const linksByIndex = (): ReadonlyMap<number, Link> =>
  new Map(
    dumpRoute(dumps.links)
      .map(parseLink)
      .filter(link => link !== undefined)
      .map(link => [link.index, link]),
  );
