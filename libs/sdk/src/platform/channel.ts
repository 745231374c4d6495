/** News between the clients that share a storage. Nothing that must not get lost goes through it. */
export interface Channel {
  post(news: unknown): void;
  /** @returns a function that ends it */
  listen(listener: (news: unknown) => void): () => void;
  close(): void;
}

/** For a client that shares nothing. */
export const silentChannel: Channel = {
  post: () => undefined,
  listen: () => () => undefined,
  close: () => undefined,
};

/** @param name clients with the same one hear each other, never themselves */
export function openChannel(name: string): Channel {
  const channel = broadcast(name);
  if (!channel) return silentChannel;
  let open = true;
  // in Node it would keep the process alive
  (channel as { unref?: () => void }).unref?.();
  return {
    post: (news) => void (open && channel.postMessage(news)),
    listen: (listener) => {
      const own = (event: unknown): void => listener((event as { data: unknown }).data);
      channel.addEventListener('message', own as never);
      return () => channel.removeEventListener('message', own as never);
    },
    close: () => {
      open = false;
      channel.close();
    },
  };
}

/** A page that is denied its storage may be denied this as well. */
function broadcast(name: string): InstanceType<typeof BroadcastChannel> | undefined {
  try {
    return new BroadcastChannel(name);
  } catch {
    return undefined;
  }
}
