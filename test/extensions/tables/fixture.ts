import { readFileSync } from 'node:fs';

/** A file of `fixtures/`: what a program of some distribution wrote. */
export const fixture = (path: string): Buffer => readFileSync(new URL(`./fixtures/${path}`, import.meta.url));
