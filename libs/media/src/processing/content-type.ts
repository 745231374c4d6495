import { isUtf8 } from 'node:buffer';
import { hasProgramEnding, type ImageMime } from '@dunlin/contracts';

/** What bytes are: one of the four image types, a file to keep as it is, or nothing that is taken. */
export type Content = { kind: 'image'; mime: ImageMime } | { kind: 'file'; mime: string } | { kind: 'refused' };

const REFUSED: Content = { kind: 'refused' };

/** As much as the type detector gets to see: enough for every signature, too little to keep it busy with a huge archive. */
const SNIFF_BYTES = 64 * 1024;
/** WHATWG MIME Sniffing looks at 1,445 bytes; a page may begin with a long comment. */
const MARKUP_BYTES = 4096;

const PROGRAMS = new Set([
  'application/java-archive',
  'application/java-vm',
  'application/vnd.android.package-archive',
  'application/vnd.microsoft.portable-executable',
  'application/vnd.ms-htmlhelp',
  'application/wasm',
  'application/x-apple-diskimage',
  'application/x-deb',
  'application/x-elf',
  'application/x-google-chrome-extension',
  'application/x-mach-binary',
  'application/x-ms-shortcut',
  'application/x-msdownload',
  'application/x-rpm',
  'application/x-shockwave-flash',
  'application/x-xpinstall',
  'application/x.apple.alias',
  'application/x.ms.shortcut',
]);

// ELF, DOS/PE, Mach-O (32, 64, both byte orders), Java class and Mach-O for several processors, WebAssembly, Dalvik,
// Windows shortcut, a script's first line
const PROGRAM_STARTS = [
  '7f454c46',
  '4d5a',
  'feedface',
  'feedfacf',
  'cefaedfe',
  'cffaedfe',
  'cafebabe',
  'bebafeca',
  '0061736d',
  '6465780a',
  '4c00000001140200',
  '2321',
  'efbbbf2321',
].map((hex) => Buffer.from(hex, 'hex'));

/** {000C1084-0000-0000-C000-000000000046}, the class of a Windows Installer package inside its compound file. */
const MSI_CLASS = Buffer.from('84100c0000000000c000000000000046', 'hex');
const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

// A tag, a declaration, a comment or `<?xml`/`<?php` where the text begins, or a page's tag at the start of a line.
const MARKUP_START = /^<[!?/a-z]/i;
const PAGE_TAG = /^[ \t]*(?:<!doctype|<\?(?:php|xml)|<(?:html|head|body|script|svg|iframe|object|embed|math)\b)/im;

const startsWith = (bytes: Buffer, start: Buffer): boolean => bytes.subarray(0, start.length).equals(start);

/** One of the four image types by its first bytes; whether the rest holds is for the decoder to say. */
function imageMimeOf(bytes: Buffer): ImageMime | undefined {
  const start = bytes.toString('latin1', 0, 12);
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('GIF87a') || start.startsWith('GIF89a')) return 'image/gif';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'image/webp';
  return undefined;
}

function isMarkup(bytes: Buffer): boolean {
  // without NUL and byte order marks UTF-16 and UTF-32 read like ASCII
  const text = bytes
    .toString('latin1', 0, MARKUP_BYTES)
    .replace(/\0|^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/g, '')
    .trimStart();
  return MARKUP_START.test(text) || PAGE_TAG.test(text);
}

const isProgram = (bytes: Buffer): boolean =>
  PROGRAM_STARTS.some((start) => startsWith(bytes, start)) ||
  (startsWith(bytes, COMPOUND_FILE) && bytes.includes(MSI_CLASS));

/**
 * Tells by the content; a name can only make it worse. An image's name counts for nothing, since its pixels are all
 * that is kept of it.
 */
export async function contentOf(bytes: Buffer, fileName?: string): Promise<Content> {
  const image = imageMimeOf(bytes);
  if (image) return { kind: 'image', mime: image };
  if (fileName !== undefined && hasProgramEnding(fileName)) return REFUSED;
  if (isProgram(bytes) || isMarkup(bytes)) return REFUSED;
  const { fileTypeFromBuffer } = await import('file-type/core');
  const mime = (await fileTypeFromBuffer(bytes.subarray(0, SNIFF_BYTES)))?.mime;
  if (mime === undefined) return { kind: 'file', mime: isPlainText(bytes) ? 'text/plain' : 'application/octet-stream' };
  const refused = PROGRAMS.has(mime) || mime.endsWith('/xml') || mime.endsWith('+xml') || mime.endsWith('/html');
  return refused ? REFUSED : { kind: 'file', mime };
}

const isPlainText = (bytes: Buffer): boolean => isUtf8(bytes) && !bytes.includes(0);
