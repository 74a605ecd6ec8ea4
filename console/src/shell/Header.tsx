import {
  MenuOutlined,
  MoonOutlined,
  SunOutlined,
  TranslationOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button, Dropdown, Layout } from 'antd';
import type { ReactNode } from 'react';
import { signOut, useCaller, useForgetting } from '../api/session.ts';
import { changeLanguage, languages, useLanguage } from '../language/index.ts';
import { useLeavingAll } from '../parts/useUnsaved.tsx';
import { FindBox } from './FindBox.tsx';
import styles from './shell.module.css';
import { texts } from './texts.ts';
import { chooseBrightness, useBrightness, useBrightnessChoice } from './theme.ts';

/** Each language in itself. */
const languageNames = { 'zh-CN': '简体中文', en: 'English' } as const;

export function Header({ onMenu }: { readonly onMenu: () => void }): ReactNode {
  const say = texts.useSay();
  return (
    <Layout.Header className={styles.header}>
      <Button type="text" icon={<MenuOutlined />} aria-label={say('collapse')} onClick={onMenu} />
      <Link to="/health" className={styles.brand} aria-label={say('product')}>
        <img src={`${import.meta.env.BASE_URL}icon.svg`} width={26} height={26} alt="" />
        <span className={styles.brandName}>{say('product')}</span>
      </Link>
      <FindBox />
      <div className={styles.tools}>
        <LanguageSwitch />
        <BrightnessSwitch />
        <UserMenu />
      </div>
    </Layout.Header>
  );
}

export function LanguageSwitch(): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectable: true,
        selectedKeys: [language],
        items: languages.map((key) => ({ key, label: <span lang={key}>{languageNames[key]}</span> })),
        onClick: ({ key }) => void changeLanguage(key === 'en' ? 'en' : 'zh-CN'),
      }}
    >
      <Button
        type="text"
        icon={<TranslationOutlined />}
        aria-label={say('language')}
        title={say('language')}
      />
    </Dropdown>
  );
}

export function BrightnessSwitch(): ReactNode {
  const say = texts.useSay();
  const brightness = useBrightness();
  const choice = useBrightnessChoice();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectable: true,
        selectedKeys: [choice],
        items: (['light', 'dark', 'system'] as const).map((key) => ({ key, label: say(key) })),
        onClick: ({ key }) => chooseBrightness(key === 'light' || key === 'dark' ? key : 'system'),
      }}
    >
      <Button
        type="text"
        icon={brightness === 'dark' ? <MoonOutlined /> : <SunOutlined />}
        aria-label={say('brightness')}
        title={say('brightness')}
      />
    </Dropdown>
  );
}

function UserMenu(): ReactNode {
  const say = texts.useSay();
  const caller = useCaller();
  const forget = useForgetting();
  const navigate = useNavigate();
  const mayLeave = useLeavingAll();
  const leave = async (): Promise<void> => {
    if (!(await mayLeave())) return;
    await signOut();
    forget();
    await navigate({ to: '/sign-in' });
  };
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'role', label: say('roleOf', { role: say(caller.role) }), disabled: true },
          { type: 'divider' },
          { key: 'account', label: say('account'), onClick: () => void navigate({ to: '/account' }) },
          { key: 'out', label: say('signOut'), onClick: () => void leave() },
        ],
      }}
    >
      <Button
        type="text"
        className={styles.user}
        icon={<UserOutlined />}
        aria-label={say('userMenu', { name: caller.name })}
      >
        <span className={styles.userName}>{caller.name}</span>
      </Button>
    </Dropdown>
  );
}
