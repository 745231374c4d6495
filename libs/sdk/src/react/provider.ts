import { createContext, createElement, useContext, type ReactElement, type ReactNode } from 'react';
import type { DunlinClient } from '../client.js';

const Context = createContext<DunlinClient | null>(null);

/** Gives the client to the hooks below it. The client is made outside of React, once. */
export function DunlinProvider({ client, children }: { client: DunlinClient; children?: ReactNode }): ReactElement {
  return createElement(Context.Provider, { value: client }, children);
}

/** The client. @throws Error outside of a {@link DunlinProvider} */
export function useDunlin(): DunlinClient {
  const client = useContext(Context);
  if (!client) throw new Error('useDunlin has to be below a DunlinProvider');
  return client;
}
