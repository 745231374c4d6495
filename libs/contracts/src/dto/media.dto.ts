import { ApiProperty } from '@nestjs/swagger';
import { BIDI_CONTROLS, LIMITS } from '../wire/index.js';
import { isName } from './common.dto.js';

/** What counts as an image. Everything else that is taken at all is a file. */
export const IMAGE_MIMES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const;
export type ImageMime = (typeof IMAGE_MIMES)[number];

export const isImageMime = (mime: unknown): mime is ImageMime => (IMAGE_MIMES as readonly unknown[]).includes(mime);

// What a double click or a web server would run, or a browser would render as a page.
const PROGRAM_ENDINGS = new Set(
  (
    'action aab apk app appimage application applescript appx asp aspx bash bat cgi chm cjs class cmd com command cpl ' +
    'crx csh deb desktop dex dll dmg dylib elf exe fish gadget hta htc inf ipa jar js jse jsp jspx ksh lnk lua mjs ' +
    'mpkg msc msi msix msp node phar php php3 php4 php5 php7 phps pht phtml pif pkg pl ps1 psd1 psm1 py pyc pyw rb reg ' +
    'rpm run scf scpt scr sct sh so swf sys tcl url vb vbe vbs war wasm workflow ws wsc wsf wsh xll xpi zsh ' +
    'atom dtd htm html mathml mht mhtml mml rdf rss shtml svg svgz xaml xht xhtml xml xsd xsl xslt xul'
  ).split(' '),
);

/**
 * Whether a file name ends like a program or a page. Case does not count, nor what Windows drops from an end: dots,
 * white space, and an alternate stream (`a.exe::$DATA`).
 */
export function hasProgramEnding(name: string): boolean {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const stream = base.indexOf(':');
  let end = stream < 0 ? base.length : stream;
  // by hand: a pattern for this looks at a long run of spaces once for each of them
  while (end > 0 && (base[end - 1] === '.' || base.charCodeAt(end - 1) <= 0x20 || base[end - 1] === '\u00a0')) end--;
  const kept = base.slice(0, end);
  const dot = kept.lastIndexOf('.');
  return dot >= 0 && PROGRAM_ENDINGS.has(kept.slice(dot + 1).toLowerCase());
}

/** A file's name as others are shown it: no path, no name of a program, and none that looks like another one. */
export const isFileName = (value: unknown): value is string =>
  isName(value, LIMITS.fileName.min, LIMITS.fileName.max) &&
  !/[/\\]/.test(value) &&
  !/^\.+$/.test(value) &&
  value.search(BIDI_CONTROLS) < 0 &&
  !hasProgramEnding(value);

/** `multipart/form-data` with one part. */
export class MediaUploadDto {
  /** PNG, JPEG, WebP and GIF become images; anything else that is neither markup nor a program is kept as a file. */
  @ApiProperty({ type: 'string', format: 'binary' })
  file: unknown;
}

export class ServerLimitsDto {
  /** The largest upload, in bytes. */
  mediaBytes: number;
}
