import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const server = 'http://localhost:3000';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [tailwindcss()],
  // the gateway puts a fresh nonce in its place with every answer
  html: { cspNonce: '__CSP_NONCE__' },
  resolve: {
    alias: [
      { find: /^@dunlin\/contracts\/wire$/, replacement: `${root}libs/contracts/src/wire/index.ts` },
      { find: /^@dunlin\/sdk\/react$/, replacement: `${root}libs/sdk/src/react/index.ts` },
      { find: /^@dunlin\/sdk$/, replacement: `${root}libs/sdk/src/index.ts` },
    ],
    // the SDK brings no React of its own
    dedupe: ['react', 'react-dom'],
  },
  // small files would become data: addresses, which the policy does not allow everywhere
  build: {
    outDir: `${root}dist/web`,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // what is loaded at once anyway is smaller in one file
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
  },
  server: {
    host: 'localhost',
    proxy: { '/api': server, '/socket.io': { target: server, ws: true } },
  },
});
