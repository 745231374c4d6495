import { DunlinClient } from '@dunlin/sdk';
import { DunlinProvider } from '@dunlin/sdk/react';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { speak } from './i18n/index.js';
import { chosenLanguage } from './i18n/language.js';
import { applyTheme } from './settings/theme.js';
import './styles.css';
import { forgetRepliesWith } from './thread/kept-replies.js';
import { Boundary } from './ui/boundary.js';
import { PageFailed } from './ui/part-failed.js';
import { refuseDrops } from './ui/refuse-drops.js';

// what puts a style element into the page needs the nonce of this answer
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
if (nonce) setNonce(nonce);
applyTheme();
refuseDrops();

const client = new DunlinClient({ url: window.location.origin });
forgetRepliesWith(client);

function render(): void {
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <DunlinProvider client={client}>
        <Boundary fallback={<PageFailed />}>
          <App />
        </Boundary>
      </DunlinProvider>
    </StrictMode>,
  );
}

// rather in English than not at all
speak(chosenLanguage()).then(render, render);
