import { SearchOutlined } from '@ant-design/icons';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { Input } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import styles from './shell.module.css';
import { texts } from './texts.ts';

/** `id` of the box, for the key that leads into it. */
export const findBoxId = 'find-box';

/** The one box; Enter opens the page Find with what was typed. */
export function FindBox(): ReactNode {
  const say = texts.useSay();
  const navigate = useNavigate();
  // What the page Find shows stands in the box, after a reload and the back button as well.
  const shown = useRouterState({
    select: ({ location }) => {
      const { q } = location.search as { readonly q?: unknown };
      return location.pathname === '/find' && typeof q === 'string' ? q : '';
    },
  });
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped(shown), [shown]);
  const asked = typed.trim();
  return (
    <search className={styles.findBox}>
      <Input
        id={findBoxId}
        type="search"
        value={typed}
        maxLength={100}
        allowClear
        prefix={<SearchOutlined />}
        placeholder={say('findHint')}
        aria-label={say('findLabel')}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={({ currentTarget }) => {
          if (asked === '') return;
          currentTarget.blur();
          void navigate({ to: '/find', search: { q: asked } });
        }}
      />
    </search>
  );
}
