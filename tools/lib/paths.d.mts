export declare const root: string;
export declare const fromRoot: (...parts: string[]) => string;
export declare const cacheDir: () => string;
export declare const appEntry: (name: string) => string;
