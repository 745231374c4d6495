import type { User } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.js';
import { Choice } from '../ui/choice.js';
import { Field } from '../ui/field.js';
import { isolated } from '../ui/isolated.js';
import { Modal } from '../ui/modal.js';
import { useAction } from '../ui/use-action.js';
import { serverNow, useServerClock } from './server-clock.js';

const HOUR_MS = 3_600_000;
const SPANS = { hour: HOUR_MS, hours: 8 * HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const;
const CHOICES = ['hour', 'hours', 'day', 'week', 'until'] as const;

interface MuteDialogProps {
  readonly groupId: string;
  readonly user: User;
  readonly onClose: () => void;
}

/** For how long somebody may not write in a group. */
export function MuteDialog({ groupId, user, onClose }: MuteDialogProps) {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const [run, busy] = useAction();
  const [chosen, setChosen] = useState<(typeof CHOICES)[number]>('hour');
  const [until, setUntil] = useState(() => localTime(Date.now() + 24 * HOUR_MS));
  useServerClock(true);
  const end = (): number => (chosen === 'until' ? Date.parse(until) : serverNow() + SPANS[chosen]);
  const past = chosen === 'until' && !(end() > serverNow());
  const mute = async () => {
    await groups.members.update(groupId, user.id, { mutedUntil: new Date(end()).toISOString() });
    onClose();
  };
  return (
    <Modal
      title={t('groups.muteTitle', { name: isolated(user.displayName) })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" disabled={past} busy={busy} onClick={() => void run(mute)}>
            {t('groups.mute')}
          </Button>
        </>
      }
    >
      <p className="text-sm text-soft">{t('groups.muteText')}</p>
      <Choice
        label={t('groups.muteFor')}
        options={CHOICES.map((value) => ({ value, text: t(`groups.spans.${value}`) }))}
        value={chosen}
        onChange={setChosen}
      />
      {chosen === 'until' && (
        <Field
          type="datetime-local"
          label={t('groups.muteEnd')}
          min={localTime(Date.now())}
          value={until}
          error={past ? t('groups.mutePast') : undefined}
          onChange={(event) => setUntil(event.target.value)}
        />
      )}
    </Modal>
  );
}

/** An instant as `datetime-local` has it: on the wall, without a zone, to the minute. */
function localTime(ms: number): string {
  const zoned = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return zoned.toISOString().slice(0, 16);
}
