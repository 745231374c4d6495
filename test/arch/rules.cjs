// The borders of docs/adr/0001: who may import whom. Checked by test/arch/run.mjs, each rule with a violation that must fail.
const CONTEXTS = 'user|group|message|gateway|media';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'contexts-are-strangers',
      severity: 'error',
      comment: 'Contexts meet in contracts and are joined in apps.',
      from: { path: `^libs/(${CONTEXTS})/` },
      to: { path: `^libs/(${CONTEXTS})/`, pathNot: '^libs/$1/' },
    },
    {
      name: 'only-through-the-door',
      severity: 'error',
      comment: 'A library is imported by its index.ts; contracts has a second door, wire, and the sdk has three.',
      from: { path: '^(?:libs/([^/]+)|apps|test)/' },
      to: {
        path: '^libs/[^/]+/src/',
        pathNot: [
          '^libs/$1/',
          '^libs/[^/]+/src/index\\.ts$',
          '^libs/contracts/src/wire/index\\.ts$',
          '^libs/sdk/src/(?:react|node)/index\\.ts$',
        ],
      },
    },
    {
      name: 'not-through-the-own-door',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/.+' },
      to: { path: '^libs/$1/src/index\\.ts$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'wire-imports-nothing',
      severity: 'error',
      from: { path: '^libs/contracts/src/wire/' },
      to: { pathNot: '^libs/contracts/src/wire/' },
    },
    {
      name: 'clients-see-the-wire-only',
      severity: 'error',
      from: { path: '^(?:libs/sdk|apps/web)/' },
      to: { path: '^(?:libs|apps)/', pathNot: ['^libs/sdk/', '^apps/web/', '^libs/contracts/src/wire/index\\.ts$'] },
    },
    {
      name: 'libs-know-no-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'An import that leads nowhere is one that no rule sees.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    // type-only imports are borders too
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.d.mts'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
