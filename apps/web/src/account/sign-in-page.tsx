import { DunlinError, LIMITS, USERNAME_PATTERN } from '@dunlin/sdk';
import { useDunlin, useLasting, useSession } from '@dunlin/sdk/react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { useErrorText } from '../ui/use-error-text.js';
import { deviceName } from './device-name.js';
import { usePasswordRefusal } from './use-password-refusal.js';

interface Entry {
  username: string;
  password: string;
  displayName: string;
}

export function SignInPage() {
  const { t } = useTranslation();
  const [registering, setRegistering] = useState(false);
  const lasting = useLasting();
  return (
    <main className="grid min-h-full place-items-center p-4">
      <div className="w-full max-w-sm space-y-6 rounded-3xl border border-line bg-panel p-6 sm:p-8">
        <header className="space-y-2 text-center">
          <img src="/favicon.svg" alt="" className="mx-auto size-14" />
          <h1 className="text-2xl font-semibold">{t(registering ? 'account.register' : 'account.signIn')}</h1>
          <p className="text-sm text-soft">{t('app.tagline')}</p>
        </header>
        {!lasting && (
          <p role="status" className="text-center text-sm text-soft">
            {t('connection.notLasting')}
          </p>
        )}
        <EntryForm key={String(registering)} registering={registering} />
        <p className="text-center text-sm text-soft">
          {t(registering ? 'account.haveAccount' : 'account.noAccount')}{' '}
          <button
            type="button"
            className="font-medium text-accent underline underline-offset-4"
            onClick={() => setRegistering(!registering)}
          >
            {t(registering ? 'account.signIn' : 'account.register')}
          </button>
        </p>
      </div>
    </main>
  );
}

function EntryForm({ registering }: { registering: boolean }) {
  const { t } = useTranslation();
  const { session } = useDunlin();
  const state = useSession();
  const errorText = useErrorText();
  const passwordRefusal = usePasswordRefusal();
  const { register, handleSubmit, setError, formState } = useForm<Entry>();
  const { errors, isSubmitting } = formState;
  const ended = state.status === 'signed-out' && state.reason !== 'logout' ? state.reason : null;

  const submit = handleSubmit(async ({ username, password, displayName }) => {
    try {
      const entry = { username, password, device: deviceName(navigator.userAgent) };
      if (registering) await session.signUp({ ...entry, ...(displayName ? { displayName } : {}) });
      else await session.signIn(entry);
    } catch (error) {
      const { code, errors: fields } = DunlinError.from(error);
      if (code === 'username_taken') return setError('username', { message: errorText(error) }, { shouldFocus: true });
      const named = fields?.filter(({ path }) => path === 'username' || path === 'password' || path === 'displayName');
      named?.forEach(({ path }, index) =>
        setError(
          path as keyof Entry,
          { message: refusalOf(path, password) ?? errorText(error) },
          { shouldFocus: index === 0 },
        ),
      );
      if (!named?.length) setError('root', { message: errorText(error) });
    }
  });
  const refusalOf = (path: string, password: string) =>
    path === 'username' ? t('account.usernameHint') : path === 'password' ? passwordRefusal(password) : undefined;

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="space-y-4">
      {ended && (
        <p role="status" className="text-sm text-soft">
          {t(`account.ended.${ended}`)}
        </p>
      )}
      <Field
        label={t('account.username')}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        hint={registering ? t('account.usernameHint') : undefined}
        error={errors.username?.message}
        {...register('username', {
          // the keyboards of phones put one behind each word
          setValueAs: (entered: string) => entered.trim(),
          required: t(registering ? 'account.usernameHint' : 'account.usernameMissing'),
          ...(registering ? { pattern: { value: USERNAME_PATTERN, message: t('account.usernameHint') } } : {}),
        })}
      />
      {registering && (
        <Field
          label={`${t('account.displayName')} (${t('account.optional')})`}
          autoComplete="name"
          maxLength={LIMITS.displayName.max}
          error={errors.displayName?.message}
          {...register('displayName')}
        />
      )}
      <Field
        label={t('account.password')}
        type="password"
        autoComplete={registering ? 'new-password' : 'current-password'}
        hint={registering ? t('account.passwordHint') : undefined}
        error={errors.password?.message}
        {...register('password', {
          required: t(registering ? 'account.passwordHint' : 'account.passwordMissing'),
          ...(registering ? { minLength: { value: LIMITS.password.min, message: t('account.passwordHint') } } : {}),
        })}
      />
      {errors.root && (
        <p role="alert" className="text-sm text-danger">
          {errors.root.message}
        </p>
      )}
      <Button look="primary" type="submit" busy={isSubmitting} className="w-full">
        {t(registering ? 'account.register' : 'account.signIn')}
      </Button>
    </form>
  );
}
