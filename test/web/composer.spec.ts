import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { picture } from '../support/images.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers } from './browser.js';
import { barriers, textsIn } from './chat.js';
import { composer, openThread, scroll, twoFriends, write } from './thread-page.js';

jest.setTimeout(90_000);

describe('Where one writes', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  const caretOf = (page: Page): Promise<unknown> =>
    composer(page).evaluate((element) => (element as unknown as { selectionStart: number }).selectionStart);

  inBrowsers('an emoji is found by its name and put where the caret is, by keyboard alone', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const outside: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(server.gateways[0] as string)) outside.push(request.url());
    });
    await composer(page).fill('Low tide!');
    for (let n = 0; n < 'tide!'.length; n++) await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: 'Emojis' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Emojis' });
    await dialog.getByText('Smileys & feelings').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.type('rocket');
    // not the astronaut, who is a person and comes before all vehicles
    await eventually(async () => expect(await dialog.getByRole('gridcell').first().innerText()).toBe('🚀'));
    await page.keyboard.press('Control+A');
    await page.keyboard.type('octopus');
    await dialog.getByRole('gridcell').first().waitFor();
    await eventually(async () => expect(await dialog.getByRole('gridcell').count()).toBe(1));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(await composer(page).inputValue()).toBe('Low 🐙tide!');
    expect(await caretOf(page)).toBe('Low 🐙'.length);
    await page.keyboard.press('Control+Z');
    expect(await composer(page).inputValue()).toBe('Low tide!');
    await page.keyboard.press('Control+Shift+Z');
    expect(await composer(page).inputValue()).toBe('Low 🐙tide!');
    await page.keyboard.type(' ');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await textsIn(page)).toEqual(['Low 🐙 tide!']));

    await page.getByRole('button', { name: 'Emojis' }).click();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.type('and back');
    expect(await composer(page).inputValue()).toBe('and back');
    expect(outside).toEqual([]);
  });

  inBrowsers('emojis have Chinese names, dark too', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id, { colorScheme: 'dark' });
    await page.evaluate(() =>
      (globalThis as unknown as { localStorage: { setItem(key: string, value: string): void } }).localStorage.setItem(
        'dunlin.language',
        'zh-CN',
      ),
    );
    await page.reload();
    await page.getByRole('button', { name: '表情' }).click();
    const dialog = page.getByRole('dialog', { name: '表情' });
    await dialog.getByText('动物与自然').or(dialog.getByText('笑脸与情感')).first().waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.type('章鱼');
    await eventually(async () => expect(await dialog.getByRole('gridcell').count()).toBe(1));
    await dialog.getByRole('gridcell').click();
    expect(await page.getByRole('textbox', { name: '输入消息' }).inputValue()).toBe('🐙');
  });

  inBrowsers('keeps what is written for each conversation, over a reload', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const { conversationId: notes } = await ann.makeGroup([], { name: 'Notes' });
    const page = await openThread(desktop, server, ann, id);
    await composer(page).fill('Half a thou');
    await page.getByRole('link', { name: /Notes/ }).click();
    await page.waitForURL(`**/c/${notes}`);
    expect(await composer(page).inputValue()).toBe('');
    await page.getByText('Draft: Half a thou').waitFor();
    await page.reload();
    await page.getByText('Draft: Half a thou').click();
    await eventually(async () => expect(await composer(page).inputValue()).toBe('Half a thou'));
    await page.keyboard.type('ght');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await textsIn(page)).toEqual(['Half a thought']));
    await page.reload();
    await composer(page).waitFor();
    expect(await composer(page).inputValue()).toBe('');
  });

  inBrowsers('pictures are pasted, dropped and picked, looked at, taken back, and sent with words', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const png = (await picture()).toString('base64');
    const give = (how: 'paste' | 'drop', name: string): Promise<void> =>
      composer(page).evaluate(
        async (element, [event, file, data]) => {
          type Made = new (...given: unknown[]) => unknown;
          const made = globalThis as unknown as Record<'File' | 'DragEvent' | 'ClipboardEvent', Made> & {
            DataTransfer: new () => { items: { add(file: unknown): void } };
          };
          const transfer = new made.DataTransfer();
          const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
          transfer.items.add(new made.File([bytes], file, { type: 'image/png' }));
          const options = { bubbles: true, cancelable: true };
          (element as unknown as { dispatchEvent(event: unknown): void }).dispatchEvent(
            event === 'drop'
              ? new made.DragEvent('drop', { ...options, dataTransfer: transfer })
              : new made.ClipboardEvent('paste', { ...options, clipboardData: transfer }),
          );
        },
        [how, name, png] as const,
      );
    await give('paste', 'pasted.png');
    await give('drop', '<b>dropped</b>.png');
    await page.locator('input[type=file]').setInputFiles([
      { name: 'picked-1.png', mimeType: 'image/png', buffer: await picture() },
      { name: 'picked-2.png', mimeType: 'image/png', buffer: await picture() },
    ]);
    const tray = page.getByRole('list', { name: 'Attached' });
    await eventually(async () => expect(await tray.getByRole('img').count()).toBe(4));
    expect(await tray.locator('b').count()).toBe(0);
    expect(await barriers(page)).toEqual([]);
    await tray.getByRole('button', { name: 'Remove picked-1.png' }).click();
    await write(page, 'Three of them');
    expect(await tray.count()).toBe(0);
    const other = await openThread(desktop, server, ben, id, { gateway: -1 });
    for (const shown of [page, other]) {
      const pictures = shown.getByRole('log').getByRole('button', { name: 'Open picture' });
      await eventually(async () => expect(await pictures.count()).toBe(3));
      await shown.bringToFront();
      await scroll(shown, 5000);
      await eventually(async () => expect(await textsIn(shown)).toEqual(['Three of them']));
    }
  });

  inBrowsers('a file that is dropped beside the thread does not take the chat’s place', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files: [__filename], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, x: 200, y: 400, data });
    await write(page, 'still here');
    await eventually(async () => expect(await textsIn(page)).toEqual(['still here']));
    expect(desktop.pages).toHaveLength(1);
  });

  inBrowsers('what a spreadsheet copies is pasted as its text, not as its picture', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id, { permissions: ['clipboard-read', 'clipboard-write'] });
    const png = (await picture()).toString('base64');
    await page.evaluate(async (data) => {
      type Made = new (given: unknown, options?: unknown) => unknown;
      const made = globalThis as unknown as Record<'Blob' | 'ClipboardItem', Made> & {
        navigator: { clipboard: { write(items: unknown[]): Promise<void> } };
      };
      const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
      await made.navigator.clipboard.write([
        new made.ClipboardItem({
          'text/plain': new made.Blob(['Low tide 12:40'], { type: 'text/plain' }),
          'image/png': new made.Blob([bytes], { type: 'image/png' }),
        }),
      ]);
    }, png);
    await composer(page).focus();
    await page.keyboard.press('Control+V');
    await eventually(async () => expect(await composer(page).inputValue()).toBe('Low tide 12:40'));
    expect(await page.getByRole('list', { name: 'Attached' }).count()).toBe(0);
  });

  inBrowsers('a picture that is named in the address and not there never opens by itself', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    await ben.post(id, 'Low tide at noon');
    const page = await openThread(desktop, server, ann, `${id}?picture=no-such-picture`);
    await page.getByRole('log').getByText('Low tide at noon').waitFor();
    await eventually(async () => expect(new URL(page.url()).search).toBe(''));
    await page.waitForURL(`**/c/${id}`);
  });

  inBrowsers('an empty file is told of when it is chosen, and never uploaded', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const uploads: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/v1/media')) uploads.push(request.url());
    });
    const file = (name: string, text = '') => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    const choose = (...files: ReturnType<typeof file>[]) => page.locator('input[type=file]').setInputFiles(files);
    await choose(file('nothing.csv'));
    await page.getByText('is empty (0 bytes). Choose another file.').first().waitFor();
    const tray = page.getByRole('list', { name: 'Attached' });
    expect(await tray.count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
    await choose(file('none.csv'), file('some.csv', 'a,b\n'), file('naught.csv'));
    await page.getByText('2 files are empty (0 bytes) and were left out.').first().waitFor();
    expect(await tray.getByRole('button').count()).toBe(1);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('button', { name: 'Save some.csv' }).waitFor();
    expect(uploads).toHaveLength(1);
  });

  inBrowsers('a drawing that is a page is told of when it is chosen', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
    await page.locator('input[type=file]').setInputFiles([
      { name: 'bird.svg', mimeType: 'image/svg+xml', buffer: svg },
      { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b') },
    ]);
    await page
      .getByText(/bird\.svg.*was left out\. This kind of file is not supported\./)
      .first()
      .waitFor();
    expect(await page.getByRole('list', { name: 'Attached' }).getByRole('listitem').count()).toBe(1);
  });

  inBrowsers('a file’s long name is cut in the middle, and its ending stays in sight', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id, { viewport: { width: 360, height: 640 } });
    const name = `minutes of the ${'long '.repeat(12)}meeting.ods`;
    const cut = async (where: Locator) => {
      const [box, start, end] = await Promise.all(
        [where, where.getByText(name.slice(0, 20)).last(), where.getByText('ting.ods', { exact: true })].map((part) =>
          part.boundingBox(),
        ),
      );
      if (!box || !start || !end) throw new Error('Nothing is shown of the name');
      expect(end.x).toBeGreaterThanOrEqual(start.x + start.width - 1);
      expect(end.x + end.width).toBeLessThanOrEqual(box.x + box.width + 1);
      expect(end.width).toBeGreaterThan(30);
    };
    await page
      .locator('input[type=file]')
      .setInputFiles([{ name, mimeType: 'text/csv', buffer: Buffer.from('a,b\n') }]);
    await cut(page.getByRole('list', { name: 'Attached' }));
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    // read out in full, in one piece
    const sent = page.getByRole('button', { name: `Save ${name}` });
    await sent.waitFor();
    await cut(sent);
    expect(await barriers(page)).toEqual([]);
  });

  inBrowsers('an upload shows how far it is, waits for the line, and can be taken back', async (desktop) => {
    desktop.expected.push(/net::ERR_/);
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    // the first upload gets nowhere, the next one is cut off once
    let uploads = 0;
    await page.route('**/api/v1/media', async (route) => {
      uploads++;
      if (uploads === 1) return;
      await (uploads === 2 ? route.abort('connectionreset') : route.continue());
    });
    const send = async (name: string): Promise<void> => {
      await page
        .locator('input[type=file]')
        .setInputFiles([{ name, mimeType: 'text/csv', buffer: Buffer.alloc(300_000, 'a,b\n') }]);
      await page.getByRole('button', { name: 'Send', exact: true }).click();
    };
    const row = (name: string) => page.getByRole('article').filter({ hasText: name });
    await send('regretted.csv');
    await send('wanted.csv');
    await row('regretted.csv').getByRole('progressbar', { name: 'Uploading regretted.csv' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await row('regretted.csv').getByRole('button', { name: 'Cancel the upload of regretted.csv' }).press('Enter');
    await row('regretted.csv').waitFor({ state: 'detached' });
    // the keyboard goes on to the next message
    expect(await row('wanted.csv').locator(':focus').getAttribute('aria-label')).toBe('Message actions');
    await row('wanted.csv').getByRole('button', { name: 'Save wanted.csv' }).waitFor();
    await row('wanted.csv').getByRole('img', { name: 'Sent' }).waitFor();
    expect(uploads).toBe(3);
  });

  inBrowsers('half a word of an input method is never sent', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await composer(page).focus();
    const session = await page.context().newCDPSession(page);
    await session.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 });
    // an input method's own Enter, and the one that Safari sends after its composition has ended
    for (const key of [{ isComposing: true }, { keyCode: 229 }])
      await composer(page).dispatchEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...key });
    expect(await textsIn(page)).toEqual([]);
    await session.send('Input.imeSetComposition', { text: '你', selectionStart: 1, selectionEnd: 1 });
    await session.send('Input.insertText', { text: '你好' });
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await textsIn(page)).toEqual(['你好']));
  });

  inBrowsers('what nobody would see is not sent', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const send = page.getByRole('button', { name: 'Send', exact: true });
    for (const text of ['\u200b\u2060', '\u3164', '\u2800 \u2800']) {
      await write(page, text);
      expect(await send.isDisabled()).toBe(true);
    }
    await write(page, 'seen');
    await eventually(async () => expect(await textsIn(page)).toEqual(['seen']));
  });

  inBrowsers('a keyboard on the screen breaks lines by Enter, and the button sends', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
    const page = await openThread(desktop, server, ann, id, phone);
    await composer(page).tap();
    await page.keyboard.type('Low tide');
    await page.keyboard.press('Enter');
    await page.keyboard.type('at nine');
    expect(await textsIn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send', exact: true }).tap();
    await eventually(async () => expect(await textsIn(page)).toEqual(['Low tide\nat nine']));
  });

  inBrowsers(
    'a file is as large as the server takes, and the keyboard stays when one is taken out',
    async (desktop) => {
      const [ann, , id] = await twoFriends(server);
      const page = await openThread(desktop, server, ann, id);
      let mediaBytes = 1000;
      let reloaded: Promise<unknown> = Promise.resolve();
      const asked = '**/api/v1/limits';
      await page.route(asked, async (route) => {
        await reloaded;
        await route.fulfill({ json: { mediaBytes } });
      });
      const file = (name: string, bytes: number) => ({
        name,
        mimeType: 'text/csv',
        buffer: Buffer.alloc(bytes, 'a,b\n'),
      });
      const choose = async (...files: ReturnType<typeof file>[]): Promise<void> => {
        // nobody is answered before the reload: what the page asked until then would be taken for its new question
        let go: (value?: unknown) => void = () => undefined;
        reloaded = new Promise((resolve) => (go = resolve));
        await page.reload();
        const answered = page.waitForResponse(asked);
        go();
        await answered;
        // the page has read its answer by the time that another one was asked for and read
        await page.evaluate(() => fetch('/api/v1/limits').then((response) => response.json()));
        await page.locator('input[type=file]').setInputFiles(files);
      };
      await choose(file('large.csv', 1001), file('small.csv', 1000));
      await page
        .getByText(/large\.csv.* was left out\. That is too large\./)
        .first()
        .waitFor();
      const remove = page.getByRole('list', { name: 'Attached' }).getByRole('button');
      expect(await remove.getAttribute('aria-label')).toBe('Remove small.csv');
      await remove.press('Enter');
      await composer(page).and(page.locator(':focus')).waitFor();
      mediaBytes = 20 * 1024 * 1024;
      await choose(file('larger.csv', 11 * 1024 * 1024));
      await page.getByRole('button', { name: 'Remove larger.csv' }).waitFor();
    },
  );

  inBrowsers('an input method’s keys choose no emoji and no conversation', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    await ann.makeGroup([], { name: 'Notes' });
    const page = await openThread(desktop, server, ann, id);
    const press = (where: Locator, key: string): Promise<void> =>
      where.dispatchEvent('keydown', { key, keyCode: 229, bubbles: true, cancelable: true });
    await page.getByRole('button', { name: 'Emojis' }).click();
    const dialog = page.getByRole('dialog', { name: 'Emojis' });
    await dialog.getByRole('searchbox').fill('octopus');
    await eventually(async () => expect(await dialog.getByRole('gridcell').count()).toBe(1));
    await page.keyboard.press('ArrowDown');
    for (const key of ['Enter', 'Escape']) await press(dialog.getByRole('searchbox'), key);
    expect([await dialog.count(), await composer(page).inputValue()]).toEqual([1, '']);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(await composer(page).inputValue()).toBe('🐙');

    await page.getByRole('link', { name: /Notes/ }).waitFor();
    const search = page.getByRole('searchbox', { name: 'Search conversations' });
    await search.fill('Notes');
    for (const key of ['Enter', 'Escape']) await press(search, key);
    expect(await search.inputValue()).toBe('Notes');
    expect(new URL(page.url()).pathname).toBe(`/c/${id}`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Notes' }).waitFor();
  });
});
