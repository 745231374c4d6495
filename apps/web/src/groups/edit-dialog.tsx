import { LIMITS, type GroupCard } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PickPicture } from '../media/pick-picture.js';
import { useObjectUrl } from '../media/use-object-url.js';
import { Avatar } from '../ui/avatar.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { Modal } from '../ui/modal.js';
import { useAction } from '../ui/use-action.js';
import { PolicyChoice } from './policy-choice.js';

const FORM = 'edit-group';

/** What a group's card says. Only what was changed here is sent: somebody else may change the rest meanwhile. */
export function EditDialog({ group, onClose }: { group: GroupCard; onClose: () => void }) {
  const { t } = useTranslation();
  const { groups, media } = useDunlin();
  const [run, busy] = useAction();
  const [before] = useState(group);
  const [name, setName] = useState(group.name);
  const [joinPolicy, setJoinPolicy] = useState(group.joinPolicy);
  /** Null: none any more. */
  const [picture, setPicture] = useState<File | null>();
  const [preview] = useObjectUrl(picture);
  const save = async () => {
    const avatarMediaId = picture ? (await media.upload(picture, { name: picture.name })).id : picture;
    const change = {
      ...(name.trim() !== before.name ? { name: name.trim() } : {}),
      ...(joinPolicy !== before.joinPolicy ? { joinPolicy } : {}),
      ...(avatarMediaId !== undefined ? { avatarMediaId } : {}),
    };
    if (Object.keys(change).length > 0) await groups.update(group.id, change);
    onClose();
  };
  return (
    <Modal
      title={t('groups.edit')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" type="submit" form={FORM} disabled={name.trim() === ''} busy={busy}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-4">
        {preview ? (
          <img src={preview} alt="" className="size-20 shrink-0 rounded-full object-cover" />
        ) : (
          <Avatar id={group.id} name={name} url={picture === null ? null : group.avatarUrl} size="lg" />
        )}
        <div className="flex min-w-0 flex-1 flex-wrap gap-2">
          <PickPicture label={t('groups.picture')} disabled={busy} onPick={setPicture} />
          {(picture ?? (picture === undefined && group.avatarUrl)) && (
            <Button onClick={() => setPicture(null)}>{t('settings.removePicture')}</Button>
          )}
        </div>
      </div>
      <form
        id={FORM}
        className="space-y-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && name.trim() !== '') void run(save);
        }}
      >
        <Field
          label={t('groups.name')}
          dir="auto"
          required
          maxLength={LIMITS.groupName.max}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <PolicyChoice value={joinPolicy} onChange={setJoinPolicy} />
      </form>
    </Modal>
  );
}
