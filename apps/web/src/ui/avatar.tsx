import { useMediaUrl } from '@dunlin/sdk/react';
import { initialOf } from './initial.js';

const GROUNDS = ['bg-[#4a6274]', 'bg-[#8a4b2d]', 'bg-[#4d6a4f]', 'bg-[#6d5274]', 'bg-[#7a5d1e]', 'bg-[#37686b]'];
const SIZES = {
  sm: 'size-8 text-xs',
  md: 'size-11 text-base',
  lg: 'size-20 text-2xl',
  xl: 'size-24 text-4xl',
} as const;

interface AvatarProps {
  readonly id: string;
  readonly name: string;
  readonly url: string | null;
  readonly size?: keyof typeof SIZES;
}

/** A picture, or the first letter on a colour that stays the same. The name stands beside it, so it says nothing itself. */
export function Avatar({ id, name, url, size = 'md' }: AvatarProps) {
  const picture = useMediaUrl(url, 'thumbnail');
  const shape = `${SIZES[size]} shrink-0 rounded-full`;
  if (picture.url) return <img src={picture.url} alt="" className={`${shape} object-cover`} />;
  const sum = [...id].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return (
    <span
      aria-hidden="true"
      className={`${shape} ${GROUNDS[sum % GROUNDS.length]} grid place-items-center font-medium text-white select-none`}
    >
      {initialOf(name)}
    </span>
  );
}
