/** What a call asks for, and the arguments that are left. */
export interface Request {
  readonly entry: 'daemon' | 'shell' | 'toolbox' | 'run';
  readonly name: string;
  readonly argv: readonly string[];
}

/** See request.mjs. */
export const requestOf: (ownName: string, calledAs: string, argv: readonly string[]) => Request;
