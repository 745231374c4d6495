import { useRef } from 'react';
import { Button } from '../ui/button.js';
import { useSendable } from './use-sendable.js';

interface PickPictureProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onPick: (file: File) => void;
}

export function PickPicture({ label, disabled, onPick }: PickPictureProps) {
  const input = useRef<HTMLInputElement>(null);
  const sendable = useSendable();
  return (
    <>
      <Button busy={disabled} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif"
        hidden
        aria-label={label}
        onChange={({ target }) => {
          const file = target.files?.[0];
          // the same file may be picked again
          target.value = '';
          if (file && sendable([file]).length > 0) onPick(file);
        }}
      />
    </>
  );
}
