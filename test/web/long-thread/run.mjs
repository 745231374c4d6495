// How the web chat does with a long conversation: npm run bench:web -- [--messages 50000] [--seconds 30] [--keep-going]
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { script } from '../../../tools/lib/console.mjs';
import { findChromium } from '../../../tools/lib/chromium.mjs';
import { ensureBuilt, ensureWebBuilt } from '../../../tools/lib/prepare.mjs';
import { startTopology } from '../../support/topology.mjs';
import { firstLoadKB, measureThread } from './measure.mjs';
import { writeConversation } from './write.mjs';

await script(async () => {
  const { values } = parseArgs({
    options: { messages: { type: 'string', default: '50000' }, seconds: { type: 'string', default: '30' } },
  });
  const messages = Number(values.messages);
  await ensureBuilt();
  await ensureWebBuilt();
  const server = await startTopology({ embedded: true });
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    const [base] = server.gateways;
    const began = Date.now();
    const talk = await writeConversation(base, messages);
    console.log(`${messages} messages written in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    const scripts = await firstLoadKB(browser, base);
    const found = await measureThread(browser, base, talk, { scrollMs: Number(values.seconds) * 1000 });
    for (const line of report(found, scripts)) console.log(line);
    if (found.complaints.length > 0) throw new Error(`The page complained: ${found.complaints.join('; ')}`);
  } finally {
    await browser.close();
    await server.stop();
  }
  process.exit(0);
});

function report({ firstPaintMs, open, plain, up, down, memory, rows }, scripts) {
  const ms = (value) => (value === null ? 'none asked for' : `${value.toFixed(0)} ms`);
  const scrolled = ({ framesPerSecond, frameMs, mainThreadMs, scriptMs, layoutMs, frames, messages }) =>
    `${framesPerSecond.toFixed(1)} frames/s over ${frames} frames and ${messages} messages; ` +
    `interval p50 ${frameMs.p50.toFixed(1)}, p95 ${frameMs.p95.toFixed(1)}, p99 ${frameMs.p99.toFixed(1)}, ` +
    `max ${frameMs.max.toFixed(0)} ms; main thread ${mainThreadMs.toFixed(2)} ms a frame ` +
    `(script ${scriptMs.toFixed(2)}, layout ${layoutMs.toFixed(2)})`;
  const used = ({ heapMB, tabMB, nodes }) => `heap ${heapMB.toFixed(1)} MB, tab ${tabMB.toFixed(0)} MB, ${nodes} nodes`;
  return [
    `scripts of the first load  ${scripts.toFixed(1)} kB gzipped (goal < 220)`,
    `first paint                ${ms(firstPaintMs)} (goal < 1000)`,
    `thread shown, first time   ${ms(open.first.dataMs)} after its messages, ${ms(open.first.clickMs)} after the click (goal < 500)`,
    `thread shown, again        ${ms(open.again.clickMs)} after the click`,
    `a plain page scrolled      ${scrolled(plain)}`,
    `scrolled up                ${scrolled(up)} (goal >= 55 frames/s)`,
    `scrolled down              ${scrolled(down)}`,
    `memory before              ${used(memory.before)}`,
    `memory after               ${used(memory.after)} (goal < 200 MB), ${rows} rows drawn`,
  ];
}
