/** Where the built module lies. */
export declare const modulePath: string;
/** Where the module with sanitizers lies. */
export declare const sanitizedPath: string;
/** Builds the module, unless it is newer than its sources. Returns its path. */
export declare const build: () => string;
/** Builds the variant with sanitizers, unless it is newer than its sources. Returns its path. */
export declare const buildSanitized: () => string;
