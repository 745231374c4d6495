// Nest 12 is ESM; some of its plug-ins are CommonJS, which Jest's native ESM mode cannot mix on Node 20.
// So everything is transformed to CommonJS by SWC, Nest included.
const swc = [
  '@swc/jest',
  {
    sourceMaps: 'inline',
    module: { type: 'commonjs', ignoreDynamic: false },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      keepClassNames: true,
      experimental: { keepImportAttributes: true },
    },
  },
];
const esm =
  '@nestjs|file-type|token-types|strtok3|uint8array-extras|@tokenizer|@borewit|es-toolkit|uuid|@standard-schema';
// what linkedom, the document of the React tests, is made of
const linkedom =
  'css-select|cssomnom|css-what|nth-check|boolbase|htmlparser2|dom-serializer|domelementtype|domhandler|domutils|entities';
const base = {
  rootDir: '.',
  testEnvironment: 'node',
  setupFiles: ['reflect-metadata', '<rootDir>/test/support/quiet.ts'],
  transform: { '^.+\\.(ts|js|mjs)$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${esm})/)`],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: {
    '^@dunlin/contracts/wire$': '<rootDir>/libs/contracts/src/wire/index.ts',
    '^@dunlin/sdk/(react|node)$': '<rootDir>/libs/sdk/src/$1/index.ts',
    '^@dunlin/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.cache'],
};
/** One server for all files of a run. */
const withServer = {
  ...base,
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/support/jest-setup.ts'],
};
export default {
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  // what encodes pictures or hashes passwords takes its time where others keep the processors busy
  testTimeout: 20_000,
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/*/src/**/*.spec.ts'] },
    { ...base, displayName: 'storage', testMatch: ['<rootDir>/test/storage/**/*.spec.ts'] },
    { ...base, displayName: 'transport', testMatch: ['<rootDir>/test/transport/**/*.spec.ts'] },
    {
      ...base,
      displayName: 'sdk',
      testMatch: ['<rootDir>/test/sdk/**/*.spec.ts'],
      transformIgnorePatterns: [`/node_modules/(?!(${esm}|${linkedom})/)`],
    },
    { ...base, displayName: 'web', testMatch: ['<rootDir>/test/web/**/*.spec.ts'] },
    { ...withServer, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'] },
    { ...withServer, displayName: 'attack', testMatch: ['<rootDir>/test/attack/**/*.attack-spec.ts'] },
  ],
};
