import { useTranslation } from 'react-i18next';

/** For the moment until the storage has been read. */
export function Splash() {
  const { t } = useTranslation();
  return (
    <main className="grid min-h-full place-items-center" aria-busy="true">
      <p role="status" className="text-sm text-soft">
        {t('app.loading')}
      </p>
    </main>
  );
}
