import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const COMPRESSIBLE = /\.(?:js|css|svg|json|webmanifest|txt|map)$/;
/** What is smaller fits one packet as it is. */
const MIN_BYTES = 1024;

/**
 * Puts a `.br` and a `.gz` beside every file that is worth it, for a server that sends them as they are. The page itself
 * is left out: it is written anew for each answer.
 *
 * @param {string} folder
 * @returns {Promise<number>} how many files were compressed
 */
export async function precompress(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => COMPRESSIBLE.test(name));
  const compressed = await Promise.all(files.map((name) => compressFile(path.join(folder, name))));
  return compressed.filter(Boolean).length;
}

async function compressFile(file) {
  const content = readFileSync(file);
  if (content.length < MIN_BYTES) return false;
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  writeFileSync(`${file}.br`, await promisify(brotliCompress)(content, { params }));
  writeFileSync(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
  return true;
}
