import { MoreOutlined } from '@ant-design/icons';
import { Button, Dropdown, type MenuProps } from 'antd';
import type { ReactNode } from 'react';
import { useMay } from '../../api/session.ts';
import { texts } from './texts.ts';
import { type Meant, type MeantCopy, useVerbs } from './verbs.tsx';

interface CopyVerbsProps {
  readonly record: Meant;
  readonly copy: MeantCopy & {
    /** The system told the record. */
    readonly told: boolean;
  };
  /** Whether a hold stands upon it. */
  readonly isHeld: boolean;
}

/** What can be done with one copy; nothing for who may only look. */
export function CopyVerbs({ record, copy, isHeld }: CopyVerbsProps): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const verbs = useVerbs();
  if (!may('operate')) return null;
  const items: MenuProps['items'] = [
    { key: 'push', label: say('push'), onClick: () => verbs.push(record, copy) },
    ...(copy.remoteId === null
      ? []
      : [{ key: 'fetch', label: say('fetch'), onClick: () => verbs.fetch(record, copy) }]),
    { type: 'divider' },
    isHeld
      ? { key: 'release', label: say('release'), onClick: () => verbs.release(record, copy) }
      : { key: 'hold', label: say('hold'), onClick: () => verbs.hold(record, copy) },
    ...(copy.told
      ? []
      : [
          { type: 'divider' as const },
          copy.remoteId === null
            ? { key: 'bind', label: say('bind'), onClick: () => verbs.bind(record, copy) }
            : {
                key: 'unbind',
                danger: true,
                label: say('unbind'),
                onClick: () => verbs.unbind(record, copy),
              },
        ]),
  ];
  return (
    <Menu
      items={items}
      label={`${copy.object} ${copy.remoteNumber ?? copy.remoteId ?? ''} (${copy.connection})`}
    />
  );
}

interface RecordVerbsProps {
  readonly record: Meant;
  readonly isHeld: boolean;
  /** Days of it that can be moved. */
  readonly dates: readonly string[];
  readonly label: string;
}

/** What can be done with a record as a whole. */
export function RecordVerbs({ record, isHeld, dates, label }: RecordVerbsProps): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const verbs = useVerbs();
  if (!may('operate')) return null;
  const items: MenuProps['items'] = [
    isHeld
      ? { key: 'release', label: say('release'), onClick: () => verbs.release(record) }
      : { key: 'hold', label: say('hold'), onClick: () => verbs.hold(record) },
    ...(dates.length === 0
      ? []
      : [{ key: 'redate', label: say('redate'), onClick: () => verbs.redate(record, dates) }]),
  ];
  return <Menu items={items} label={label} />;
}

function Menu({ items, label }: { readonly items: MenuProps['items']; readonly label: string }): ReactNode {
  const say = texts.useSay();
  return (
    <Dropdown trigger={['click']} menu={{ items: items ?? [] }}>
      <Button
        size="small"
        type="text"
        icon={<MoreOutlined />}
        aria-label={say('verbsOf', { what: label })}
        title={say('verbs')}
      />
    </Dropdown>
  );
}
