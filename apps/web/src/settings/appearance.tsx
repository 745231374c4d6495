import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Switch } from 'radix-ui';
import { speak } from '../i18n/index.js';
import { chosenLanguage, keepLanguage, languageChoice, type LanguageChoice } from '../i18n/language.js';
import { notificationsOn, switchNotifications } from '../notifications/notifications.js';
import { Card } from '../ui/page.js';
import { Select } from '../ui/select.js';
import { useToast } from '../ui/toast.js';
import { useAction } from '../ui/use-action.js';
import { chooseTheme, chosenTheme, THEMES, type Theme } from './theme.js';

export function Appearance() {
  const { t } = useTranslation();
  const [run] = useAction();
  const [theme, setTheme] = useState(chosenTheme);
  const [language, setLanguage] = useState(languageChoice);
  return (
    <Card title={t('settings.appearance')}>
      <Select
        label={t('settings.theme')}
        value={theme}
        options={THEMES.map((name) => [name, t(`settings.${name}`)] as const)}
        onChange={({ target }) => {
          setTheme(target.value as Theme);
          chooseTheme(target.value as Theme);
        }}
      />
      <Select
        label={t('settings.language')}
        value={language}
        options={[
          ['browser', t('settings.browser')],
          ['en', 'English'],
          ['zh-CN', '简体中文'],
        ]}
        onChange={({ target }) => {
          setLanguage(target.value as LanguageChoice);
          keepLanguage(target.value as LanguageChoice);
          void run(() => speak(chosenLanguage()));
        }}
      />
      <NotificationSwitch />
    </Card>
  );
}

function NotificationSwitch() {
  const { t } = useTranslation();
  const id = useId();
  const tell = useToast();
  const [on, setOn] = useState(notificationsOn);
  const change = async (wanted: boolean) => {
    const now = await switchNotifications(wanted);
    setOn(now);
    if (wanted && !now) tell(t('settings.notificationsDenied'));
  };
  return (
    <div className="flex items-center justify-between gap-4">
      <label htmlFor={id} className="text-sm font-medium">
        {t('settings.notifications')}
      </label>
      <Switch.Root
        id={id}
        checked={on}
        onCheckedChange={(wanted) => void change(wanted)}
        className="h-7 w-12 shrink-0 rounded-full border border-soft bg-raised p-0.5 data-[state=checked]:bg-accent"
      >
        <Switch.Thumb className="block size-5 rounded-full bg-ink transition data-[state=checked]:translate-x-5 data-[state=checked]:bg-on-accent" />
      </Switch.Root>
    </div>
  );
}
