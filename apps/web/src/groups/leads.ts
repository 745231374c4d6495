import type { GroupCard } from '@dunlin/sdk';

/** Whether one may change a group and answer who asks to join. */
export const leads = ({ myRole }: GroupCard): boolean => myRole === 'owner' || myRole === 'admin';
