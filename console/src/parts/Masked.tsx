import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { type ReactNode, useSyncExternalStore } from 'react';
import { useMay } from '../api/session.ts';
import { texts } from './texts.ts';

/** What the API shows instead of a personal value. */
export const maskedValue = '***';

/** A value that may be masked: then a sign that says so, and why. */
export function Masked({ value }: { readonly value: string | null | undefined }): ReactNode {
  const say = texts.useSay();
  if (value === null || value === undefined) return '—';
  if (!value.includes(maskedValue)) return <span className="lh-break">{value}</span>;
  return (
    <Tooltip title={say('masked')}>
      <span>
        <EyeInvisibleOutlined aria-label={say('hidden')} /> {value}
      </span>
    </Tooltip>
  );
}

/** Kept only until the page is loaded again: nobody shows personal data for ever by mistake. */
let shown: 'masked' | 'full' = 'masked';
const hearing = new Set<() => void>();

function subscribe(hear: () => void): () => void {
  hearing.add(hear);
  return () => hearing.delete(hear);
}

/** For the parameter `personal` of the API; part of the key of each query that sends it. */
export function usePersonal(): 'masked' | 'full' {
  return useSyncExternalStore(subscribe, () => shown);
}

/** Shows personal data on this page, for those who may see it; the hub notes each look. */
export function PersonalSwitch(): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const now = usePersonal();
  if (!may('pii:read')) return null;
  const full = now === 'full';
  return (
    <Button
      icon={full ? <EyeInvisibleOutlined /> : <EyeOutlined />}
      onClick={() => {
        shown = full ? 'masked' : 'full';
        for (const hear of hearing) hear();
      }}
    >
      {say(full ? 'hidePersonal' : 'showPersonal')}
    </Button>
  );
}
