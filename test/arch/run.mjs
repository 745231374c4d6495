// Checks the architecture: first that every rule fails on its seeded violation, and for no other reason; then the tree.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { checkTexts, TEXT_RULES } from './texts.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const rules = createRequire(import.meta.url)('./rules.cjs');
const names = [...rules.forbidden.map(({ name }) => name), ...TEXT_RULES];
const problems = [];

for (const name of names) {
  const seed = join(here, 'violations', name);
  const broken = new Set((await check(seed, ['libs', 'apps'])).violations.map(({ rule }) => rule));
  if (broken.size !== 1 || !broken.has(name))
    problems.push(`The seeded violation of ${name} breaks ${[...broken].join(', ') || 'nothing'}`);
}

const { modules, violations } = await check(root, ['libs', 'apps'], join(root, 'tsconfig.json'));
for (const { rule, from, to } of violations) problems.push(`${rule}: ${from}${to ? ` → ${to}` : ''}`);
for (const { rule, from } of checkTexts(root, ['test', 'tools'])) problems.push(`${rule}: ${from}`);
// a check that sees nothing passes in silence
if (modules < 100) problems.push(`Only ${modules} modules were seen`);

for (const problem of problems) console.error(problem);
console.log(
  `architecture: ${modules} modules, ${names.length} rules, each failing on its seed, ${problems.length} problems`,
);
process.exit(problems.length === 0 ? 0 : 1);

async function check(base, folders, tsConfig) {
  const present = folders.filter((folder) => readdirSync(base).includes(folder));
  const { output } = await cruise(
    present,
    {
      ruleSet: { forbidden: rules.forbidden },
      validate: true,
      ...rules.options,
      baseDir: base,
      ...(tsConfig ? { tsConfig: { fileName: tsConfig } } : {}),
    },
    {},
    tsConfig ? { tsConfig: extractTSConfig(tsConfig) } : {},
  );
  const imports = output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
  const own = output.modules.filter(({ source }) => /^(libs|apps)\//.test(source)).length;
  return { modules: own, violations: [...imports, ...checkTexts(base, folders)] };
}
