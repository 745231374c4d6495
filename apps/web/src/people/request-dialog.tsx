import { LIMITS } from '@dunlin/sdk';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { Modal } from '../ui/modal.js';

interface RequestDialogProps {
  readonly title: string;
  readonly busy: boolean;
  readonly onSend: (message: string) => void;
  readonly onClose: () => void;
}

const FORM = 'request';

/** The few words that go with a request. */
export function RequestDialog({ title, busy, onSend, onClose }: RequestDialogProps) {
  const { t } = useTranslation();
  const [message, setMessage] = useState('');
  return (
    <Modal
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" type="submit" form={FORM} busy={busy}>
            {t('people.send')}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) onSend(message.trim());
        }}
      >
        <Field
          label={t('people.requestMessage')}
          hint={t('people.requestHint')}
          maxLength={LIMITS.requestMessage.max}
          autoFocus
          dir="auto"
          value={message}
          onChange={(event) => setMessage(event.target.value)}
        />
      </form>
    </Modal>
  );
}
