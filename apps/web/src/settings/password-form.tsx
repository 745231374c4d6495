import { DunlinError, LIMITS } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { usePasswordRefusal } from '../account/use-password-refusal.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { Card } from '../ui/page.js';
import { useToast } from '../ui/toast.js';
import { useErrorText } from '../ui/use-error-text.js';

interface Passwords {
  currentPassword: string;
  newPassword: string;
}

/** To what is to be entered anew. */
const FOCUS = { shouldFocus: true };

/** @param onChanged all other devices are signed out */
export function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const { t } = useTranslation();
  const { session } = useDunlin();
  const tell = useToast();
  const errorText = useErrorText();
  const passwordRefusal = usePasswordRefusal();
  const { register, handleSubmit, setError, reset, formState } = useForm<Passwords>();
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (passwords) => {
    try {
      await session.changePassword(passwords);
      reset();
      onChanged();
      tell(t('settings.passwordChanged'));
    } catch (error) {
      const { code } = DunlinError.from(error);
      if (code === 'validation_failed')
        setError('newPassword', { message: passwordRefusal(passwords.newPassword) }, FOCUS);
      else if (code === 'invalid_credentials')
        setError('currentPassword', { message: t('settings.passwordWrong') }, FOCUS);
      else setError('root', { message: errorText(error) });
    }
  });
  return (
    <Card title={t('settings.password')}>
      <form className="space-y-4" noValidate onSubmit={(event) => void submit(event)}>
        <p className="text-sm text-soft">{t('settings.passwordNote')}</p>
        <Field
          type="password"
          label={t('settings.currentPassword')}
          autoComplete="current-password"
          error={errors.currentPassword?.message}
          {...register('currentPassword', { required: t('account.passwordMissing') })}
        />
        <Field
          type="password"
          label={t('settings.newPassword')}
          autoComplete="new-password"
          hint={t('account.passwordHint')}
          error={errors.newPassword?.message}
          {...register('newPassword', {
            required: t('account.passwordHint'),
            minLength: { value: LIMITS.password.min, message: t('account.passwordHint') },
          })}
        />
        {errors.root && (
          <p role="alert" className="text-sm text-danger">
            {errors.root.message}
          </p>
        )}
        <Button look="primary" type="submit" busy={isSubmitting}>
          {t('settings.password')}
        </Button>
      </form>
    </Card>
  );
}
