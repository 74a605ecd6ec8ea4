/** What a list is narrowed by, above it. What is chosen belongs into the address. */
import { ReloadOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import type { ReactNode } from 'react';
import { refreshLists } from '../api/queries.ts';
import { texts } from './list-texts.ts';
import styles from './lists.module.css';
import { MomentInput } from './MomentInput.tsx';

/** `listKey`: what its button reads again, the beginning of the key of a PagedTable. */
export function Filters({
  listKey,
  children,
}: {
  readonly listKey: readonly unknown[];
  readonly children?: ReactNode;
}): ReactNode {
  const say = texts.useSay();
  const queries = useQueryClient();
  return (
    <search className={styles.filters} aria-label={say('filters')}>
      {children}
      <Button
        icon={<ReloadOutlined />}
        aria-label={say('refresh')}
        title={say('refresh')}
        onClick={() => void refreshLists(queries, ...listKey)}
      />
    </search>
  );
}

interface FilterProps<Value> {
  readonly label: string;
  readonly value: Value | undefined;
  readonly onChange: (value: Value | undefined) => void;
}

/** A text; taken with Enter, or when it is cleared. */
export function FilterText({ label, value, onChange }: FilterProps<string>): ReactNode {
  return (
    <Input.Search
      // Going back shows what the address says again.
      key={value ?? ''}
      allowClear
      className={styles.filterText}
      defaultValue={value ?? ''}
      placeholder={label}
      aria-label={label}
      onSearch={(typed) => onChange(typed.trim() === '' ? undefined : typed.trim())}
    />
  );
}

interface FilterChoiceProps<Value> extends FilterProps<Value> {
  readonly options: readonly { readonly value: Value; readonly label: ReactNode }[];
}

export function FilterChoice<Value extends string>({
  label,
  value,
  onChange,
  options,
}: FilterChoiceProps<Value>): ReactNode {
  const say = texts.useSay();
  return (
    <span className={styles.filter}>
      <span aria-hidden>{label}</span>
      <Select<Value | ''>
        aria-label={label}
        value={value ?? ''}
        popupMatchSelectWidth={false}
        style={{ minWidth: 130 }}
        options={[{ value: '' as const, label: say('any') }, ...options]}
        onChange={(chosen) => onChange(chosen === '' ? undefined : chosen)}
      />
    </span>
  );
}

export function FilterMoment({ label, value, onChange }: FilterProps<string>): ReactNode {
  return (
    <span className={styles.filter}>
      <span aria-hidden>{label}</span>
      <MomentInput label={label} value={value} onChange={onChange} />
    </span>
  );
}
