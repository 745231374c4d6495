import { everything, JOIN_POLICIES, LIMITS, type GroupCard, type JoinPolicy } from '@dunlin/sdk';
import { useDunlin, useEvent } from '@dunlin/sdk/react';
import { useCallback, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { Button } from '../ui/button.js';
import { collect } from '../ui/collect.js';
import { Field } from '../ui/field.js';
import { Card, Page, Rows } from '../ui/page.js';
import { Row } from '../ui/row.js';
import { Select } from '../ui/select.js';
import { useToast } from '../ui/toast.js';
import { useAction } from '../ui/use-action.js';
import { useList } from '../ui/use-list.js';
import { useSettled } from '../ui/use-settled.js';

export function GroupsPage() {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const [items, reload] = useList(useCallback(() => collect(everything((page) => groups.list(page))), [groups]));
  useEvent('group:joined', reload);
  useEvent('group:left', reload);
  useEvent('group:updated', reload);
  return (
    <Page title={t('nav.groups')}>
      <FindGroups />
      <Card title={t('groups.mine')}>
        <Rows empty={t('groups.noGroups')}>
          {items?.map((group) => (
            <GroupRow key={group.id} group={group} />
          ))}
        </Rows>
      </Card>
      <CreateGroup />
    </Page>
  );
}

function GroupRow({ group }: { group: GroupCard }) {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const tell = useToast();
  const [run, busy] = useAction();
  const [, navigate] = useLocation();
  const { id, name, avatarUrl, memberCount, myRole, joinPolicy, conversationId } = group;
  const join = async () => {
    const { status } = await groups.join(id);
    if (status === 'joined') navigate(`/c/${conversationId}`);
    else tell(t('groups.asked'));
  };
  return (
    <Row
      id={id}
      name={name}
      url={avatarUrl}
      note={`${t('conversations.members', { count: memberCount })} · ${t(`groups.${joinPolicy}`)}`}
    >
      {myRole ? (
        <Link
          href={`/c/${conversationId}`}
          className="inline-flex min-h-10 items-center rounded-xl bg-accent px-4 text-sm font-medium text-on-accent"
        >
          {t('people.message')}
        </Link>
      ) : (
        <Button look="primary" disabled={busy} onClick={() => void run(join)}>
          {t('groups.join')}
        </Button>
      )}
    </Row>
  );
}

function FindGroups() {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const [query, setQuery] = useState('');
  const wanted = useSettled(query);
  const search = useCallback(async () => (wanted ? (await groups.search(wanted)).items : []), [groups, wanted]);
  const [found] = useList(search);
  return (
    <Card title={t('groups.find')}>
      <Field
        type="search"
        label={t('groups.name')}
        maxLength={LIMITS.query.max}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {wanted && (
        <Rows empty={t('groups.noMatch')}>
          {found?.map((group) => (
            <GroupRow key={group.id} group={group} />
          ))}
        </Rows>
      )}
    </Card>
  );
}

function CreateGroup() {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const [run, busy] = useAction();
  const [, navigate] = useLocation();
  const { register, handleSubmit } = useForm<{ name: string; joinPolicy: JoinPolicy }>();
  const submit = handleSubmit((input) =>
    run(async () => navigate(`/c/${(await groups.create({ ...input, name: input.name.trim() })).conversationId}`)),
  );
  return (
    <Card title={t('groups.create')}>
      <form className="space-y-4" onSubmit={(event) => void submit(event)}>
        <Field label={t('groups.name')} required maxLength={LIMITS.groupName.max} {...register('name')} />
        <Select
          label={t('groups.policy')}
          options={JOIN_POLICIES.map((policy) => [policy, t(`groups.${policy}`)] as const)}
          {...register('joinPolicy')}
        />
        <Button look="primary" type="submit" disabled={busy}>
          {t('common.create')}
        </Button>
      </form>
    </Card>
  );
}
