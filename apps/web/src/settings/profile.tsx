import { LIMITS } from '@dunlin/sdk';
import { useDunlin, useSession } from '@dunlin/sdk/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PickPicture } from '../media/pick-picture.js';
import { Avatar } from '../ui/avatar.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { Card } from '../ui/page.js';
import { useToast } from '../ui/toast.js';
import { useAction } from '../ui/use-action.js';

export function Profile() {
  const { t } = useTranslation();
  const { users, media } = useDunlin();
  const { user } = useSession();
  const tell = useToast();
  const [run, busy] = useAction();
  const [name, setName] = useState(user?.displayName ?? '');
  if (!user) return null;
  const save = async () => {
    if (await run(() => users.updateMe({ displayName: name.trim() }))) tell(t('settings.saved'));
  };
  return (
    <Card title={t('settings.profile')}>
      <div className="flex flex-wrap items-center gap-4">
        <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} size="lg" />
        <PickPicture
          label={t('settings.picture')}
          disabled={busy}
          onPick={(file) =>
            void run(async () => users.updateMe({ avatarMediaId: (await media.upload(file, { name: file.name })).id }))
          }
        />
        {user.avatarUrl && (
          <Button busy={busy} onClick={() => void run(() => users.updateMe({ avatarMediaId: null }))}>
            {t('settings.removePicture')}
          </Button>
        )}
      </div>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label={t('account.displayName')}
          dir="auto"
          hint={`@${user.username}`}
          maxLength={LIMITS.displayName.max}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button look="primary" type="submit" disabled={name.trim() === ''} busy={busy}>
          {t('common.save')}
        </Button>
      </form>
    </Card>
  );
}
