import { chromium } from 'playwright-core';
import { findChromium } from '../../tools/lib/chromium.mjs';
import { startTopology, type Topology } from '../support/topology.mjs';
import { measureThread } from './long-thread/measure.mjs';
import { writeConversation } from './long-thread/write.mjs';

jest.setTimeout(120_000);

// the short form of `npm run bench:web`, with room for a machine that has other work
describe('A conversation of thousands of messages', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  it('is there at once, and scrolls without drawing or keeping more than is seen', async () => {
    const [base = ''] = server.gateways;
    const talk = await writeConversation(base, 3000);
    const executablePath = await findChromium();
    const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
    try {
      const found = await measureThread(browser, base, talk, { scrollMs: 6000 });
      console.info(
        JSON.stringify(found, (_, value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value)),
      );
      expect(found.complaints).toEqual([]);
      expect(found.firstPaintMs).toBeLessThan(3000);
      expect(found.open.first.clickMs).toBeLessThan(2000);
      expect(found.up.messages).toBeGreaterThan(300);
      expect(found.rows).toBeLessThan(60);
      expect(found.memory.after.heapMB).toBeLessThan(60);
      // some 4 ms on a machine that has nothing else to do; drawing all rows each time takes many times that
      expect(found.up.scriptMs + found.up.layoutMs).toBeLessThan(30);
    } finally {
      await browser.close();
    }
  });
});
