/** Where the API lives; `health` and `metrics` are outside of it. */
export const API_PREFIX = 'api/v1';
export const API_PATH = `/${API_PREFIX}/`;
