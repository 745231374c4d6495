import { JOIN_POLICIES, type JoinPolicy } from '@dunlin/sdk';
import { useTranslation } from 'react-i18next';
import { Choice } from '../ui/choice.js';

export function PolicyChoice({ value, onChange }: { value: JoinPolicy; onChange: (policy: JoinPolicy) => void }) {
  const { t } = useTranslation();
  return (
    <Choice
      label={t('groups.policy')}
      options={JOIN_POLICIES.map((policy) => ({
        value: policy,
        text: t(policy === 'open' ? 'groups.anybody' : `groups.${policy}`),
        hint: t(`groups.policyHints.${policy}`),
      }))}
      value={value}
      onChange={onChange}
    />
  );
}
