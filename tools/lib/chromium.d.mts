export declare function findChromium(options?: { signal?: AbortSignal }): Promise<string>;
