// The pictures of README.md, taken from a running server: npm run pictures
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { script } from '../../tools/lib/console.mjs';
import { findChromium } from '../../tools/lib/chromium.mjs';
import { fromRoot } from '../../tools/lib/paths.mjs';
import { ensureBuilt, ensureWebBuilt } from '../../tools/lib/prepare.mjs';
import { startTopology } from '../support/topology.mjs';

const FOLDER = fromRoot('docs', 'images');
const PASSWORD = 'correct horse battery';
const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

await script(async () => {
  await ensureBuilt();
  await ensureWebBuilt();
  mkdirSync(FOLDER, { recursive: true });
  const server = await startTopology({ embedded: true });
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    const [base] = server.gateways;
    const { people, direct, group } = await talk(base);
    const take = async (file, { name, path, details, ...options }) => {
      const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
      const page = await context.newPage();
      // the offer of notifications is not what the pictures are about
      await page.addInitScript(() => localStorage.setItem('dunlin.notifications', 'off'));
      await page.goto(base + path);
      await page.locator('form input').first().fill(name);
      await page.locator('input[type=password]').fill(PASSWORD);
      await page.locator('form button[type=submit]').click();
      await page.getByRole('log').waitFor();
      if (details) {
        await page.locator('main header button').last().click();
        await page.getByRole('dialog').getByRole('list').first().waitFor();
      }
      // pictures and names come one by one
      await page.waitForLoadState('networkidle');
      const shot = await page.screenshot();
      await sharp(shot).png({ palette: true, quality: 80 }).toFile(`${FOLDER}/${file}.png`);
      await context.close();
      console.log(`docs/images/${file}.png`);
    };
    await take('chat', { ...DESKTOP, name: people.ann.name, path: `/c/${group}`, colorScheme: 'light' });
    await take('chat-dark', { ...DESKTOP, name: people.ann.name, path: `/c/${group}`, colorScheme: 'dark' });
    await take('group', {
      ...DESKTOP,
      name: people.ann.name,
      path: `/c/${group}`,
      details: true,
      colorScheme: 'light',
    });
    await take('phone', { ...PHONE, name: people.ben.name, path: `/c/${direct}`, colorScheme: 'light' });
    await take('chinese', {
      ...DESKTOP,
      locale: 'zh-CN',
      name: people.cleo.name,
      path: `/c/${group}`,
      colorScheme: 'light',
    });
    await take('chinese-group', {
      ...DESKTOP,
      locale: 'zh-CN',
      name: people.ann.name,
      path: `/c/${group}`,
      details: true,
      colorScheme: 'light',
    });
  } finally {
    await browser.close();
    await server.stop();
  }
  process.exit(0);
});

/** Three people, a direct conversation and a group with a picture in it. */
async function talk(base) {
  const call = async (who, method, path, body) => {
    const headers = { ...(who && { authorization: `Bearer ${who.token}` }) };
    const form = body instanceof FormData;
    if (body && !form) headers['content-type'] = 'application/json';
    const response = await fetch(`${base}/api/v1${path}`, {
      method,
      headers,
      body: form ? body : body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const person = async (name, displayName) => {
    const { user, accessToken } = await call(undefined, 'POST', '/auth/register', {
      username: name,
      displayName,
      password: PASSWORD,
    });
    return { name, id: user.id, token: accessToken };
  };
  const [ann, ben, cleo] = [
    await person('ann', 'Ann Sandpiper'),
    await person('ben', 'Ben Turnstone'),
    await person('cleo', '陈克丽'),
  ];
  for (const friend of [ben, cleo]) {
    const { id } = await call(ann, 'POST', '/friend-requests', { userId: friend.id });
    await call(friend, 'POST', `/friend-requests/${id}/accept`);
  }
  const { id: direct } = await call(ann, 'POST', '/conversations/direct', { userId: ben.id });
  const { conversationId: group } = await call(ann, 'POST', '/groups', {
    name: 'Estuary walks',
    joinPolicy: 'open',
    memberIds: [ben.id, cleo.id],
  });
  let sent = 0;
  const say = (who, conversation, content, type = 'text') =>
    call(who, 'POST', `/conversations/${conversation}/messages`, { clientMsgId: `p${sent++}`, type, content });
  await say(ann, direct, { text: 'Have you seen the dunlins at the estuary?' });
  await say(ben, direct, { text: 'Thousands of them! They turned all at once, like one bird.' });
  await say(ben, direct, { text: 'There is a map at https://example.org/estuary' });
  await say(ann, direct, { text: 'Let us tell Cleo. Saturday, low tide?' });
  await say(ben, direct, { text: 'I bring the telescope.' });
  await say(ann, group, { text: 'Low tide is at nine on Saturday. Who comes along?' });
  await say(ben, group, { text: 'I do. I was there this morning:' });
  const form = new FormData();
  form.append('file', new Blob([await shore()], { type: 'image/jpeg' }), 'shore.jpg');
  const { id: mediaId } = await call(ben, 'POST', '/media', form);
  await say(ben, group, { mediaId }, 'image');
  await say(cleo, group, { text: '太美了！我也去。' });
  await say(ann, group, { text: 'Nine it is, at the old pier.' });
  return { people: { ann, ben, cleo }, direct, group };
}

/** Mud, water and a low sun. */
function shore() {
  return sharp(
    Buffer.from(`<svg width="960" height="600">
      <defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#5d86a3"/><stop offset="1" stop-color="#f2d3a6"/></linearGradient></defs>
      <rect width="960" height="600" fill="url(#s)"/><circle cx="690" cy="300" r="52" fill="#fbe6b8"/>
      <path d="M0 380 Q240 350 480 380 T960 372 V600 H0Z" fill="#8d7a5c"/><path d="M0 430 Q300 400 620 440 T960 430 V470 Q600 490 300 460 T0 480Z" fill="#b7c6c9"/>
      ${Array.from({ length: 40 }, (_, i) => `<path d="M${120 + ((i * 137) % 520)} ${90 + ((i * 61) % 170)} q7 -8 14 0 q7 -8 14 0" fill="none" stroke="#2b3640" stroke-width="2.5"/>`).join('')}
    </svg>`),
  )
    .jpeg({ quality: 88 })
    .toBuffer();
}
