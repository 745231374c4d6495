import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { precompress } from '../../tools/lib/precompress.mjs';

/**
 * A small web chat as the build leaves one, so that how it is served can be tested without building the real one.
 *
 * @param {string} folder is made
 */
export async function writeWebFolder(folder) {
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  const page = [
    '<!doctype html>',
    '<meta property="csp-nonce" nonce="__CSP_NONCE__">',
    '<script type="module" nonce="__CSP_NONCE__" src="/assets/chat-C0ffee12.js"></script>',
    '<title>A flock</title>',
  ];
  writeFileSync(path.join(folder, 'index.html'), page.join('\n'));
  writeFileSync(
    path.join(folder, 'assets/chat-C0ffee12.js'),
    `console.log(${JSON.stringify('wader '.repeat(1000))});\n`,
  );
  writeFileSync(path.join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(path.join(folder, '.hidden'), 'nobody reads this');
  await precompress(folder);
}
