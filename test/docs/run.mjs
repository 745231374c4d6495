// Holds the documents against the code: settings, scripts, version, and that links lead somewhere.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkApiDocuments } from './api-documents.mjs';

const read = (file) => readFileSync(file, 'utf8');
const problems = [];
const expect = (ok, problem) => {
  if (!ok) problems.push(problem);
};

const settings = [...read('libs/platform/src/config/config.ts').matchAll(/name: '([A-Z_]+)'/g)].map(
  (match) => match[1],
);
expect(settings.length > 15, 'found too few settings in config.ts: the pattern is out of date');
const example = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
const operations = read('docs/operations.md');
for (const name of settings) {
  expect(example.includes(name), `.env.example lacks ${name}`);
  expect(operations.includes(`\`${name}\``), `docs/operations.md lacks ${name}`);
}
for (const name of example) expect(settings.includes(name), `.env.example has ${name}, which no code reads`);

const manifest = JSON.parse(read('package.json'));
expect(read('libs/platform/src/version.ts').includes(`'${manifest.version}'`), 'version.ts differs from package.json');

const markdownIn = (folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));
const documents = ['.', 'docs', 'docs/adr', 'libs/sdk', 'test/bench'].flatMap(markdownIn);
for (const file of documents) {
  const text = read(file);
  for (const [, target] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
    if (!/^https?:/.test(target))
      expect(existsSync(join(dirname(file), target)), `${file} links to ${target}, which is not there`);
  for (const [, script] of text.matchAll(/npm run ([\w:-]+)/g))
    expect(manifest.scripts[script], `${file} names npm run ${script}, which package.json lacks`);
  for (const [, path] of text.matchAll(/`((?:apps|libs|test|tools|docs)\/[\w./-]+\.(?:ts|mjs|md))`/g))
    expect(existsSync(path), `${file} names ${path}, which is not there`);
}

checkTranslation();
checkCompose();
problems.push(...(await checkApiDocuments()));

for (const problem of problems) console.error(problem);
console.log(`documents: ${documents.length} files, ${settings.length} settings, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);

/** What is typed, and how many sections there are, is the same in both languages. */
function checkTranslation() {
  const [english, chinese] = ['README.md', 'README.zh-CN.md'].map(read);
  const typed = (text) => text.match(/^```[^]*?^```$/gm) ?? [];
  const sections = (text) => text.match(/^## /gm)?.length;
  expect(typed(english).length > 5, 'README.md: found too few code blocks: the pattern is out of date');
  expect(sections(english) === sections(chinese), 'README.zh-CN.md has other sections than README.md');
  for (const [index, block] of typed(english).entries())
    expect(typed(chinese)[index] === block, `README.zh-CN.md: code block ${index + 1} is not that of README.md`);
}

/** Ports, variables, start commands and health checks of docker-compose.yml are those of the code. */
function checkCompose() {
  const compose = read('docker-compose.yml');
  const block = /x-environment:[^\n]*\n((?: {2}.*\n)+)/.exec(compose)?.[1] ?? '';
  const variables = [...block.matchAll(/^ {2}([A-Z_]+):/gm)].map((match) => match[1]);
  expect(variables.length > 5, 'docker-compose.yml: found no common variables');
  for (const name of variables) expect(settings.includes(name), `docker-compose.yml sets ${name}, which no code reads`);
  // each container has its own, or they are refused in production
  const left = ['HOST', 'PORT', 'WEB_DIR', 'INSTANCE_ID', 'COMMON_PASSWORDS', 'SOCKETIO_CONFORMANCE', 'FAILPOINTS'];
  for (const name of settings.filter((setting) => !left.includes(setting)))
    expect(variables.includes(name), `docker-compose.yml does not pass ${name} on`);
  for (const secret of ['JWT_SECRET', 'MYSQL_PASSWORD'])
    expect(compose.includes(`\${${secret}:?`), `docker-compose.yml does not insist on ${secret}`);
  for (const app of ['gateway', 'user', 'group', 'message']) {
    const port = /defaultPort: (\d+)/.exec(read(`apps/${app}/src/main.ts`))?.[1];
    const service = new RegExp(`\\n  ${app}:\\n((?:    .*\\n)+)`).exec(compose)?.[1] ?? '';
    expect(service.includes(`dist/all/apps/${app}/src/main.js`), `docker-compose.yml: ${app} runs something else`);
    expect(
      service.includes(`PORT: ${port} `) || service.includes(`PORT: ${port}}`),
      `docker-compose.yml: ${app} is not on ${port}`,
    );
  }
  expect(read('Dockerfile').includes('/health/ready'), 'The Dockerfile checks another health page');
}
