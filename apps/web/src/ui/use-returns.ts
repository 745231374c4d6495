import { useConnection } from '@dunlin/sdk/react';
import { useEffect, useRef, useState } from 'react';

/** How often the connection has come back while this is shown: what changed meanwhile was not told. */
export function useReturns(): number {
  const { status } = useConnection();
  const away = useRef(false);
  const [returns, setReturns] = useState(0);
  useEffect(() => {
    if (status === 'offline') away.current = true;
    if (status !== 'online' || !away.current) return;
    away.current = false;
    setReturns((before) => before + 1);
  }, [status]);
  return returns;
}
