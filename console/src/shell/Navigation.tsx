import { Link, useRouterState } from '@tanstack/react-router';
import { Menu } from 'antd';
import type { ReactNode } from 'react';
import { pages } from './pages.tsx';
import { texts } from './texts.ts';

export function Navigation({ narrow }: { readonly narrow: boolean }): ReactNode {
  const say = texts.useSay();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const here = pages.find((page) =>
    [page.to, ...('more' in page ? page.more : [])].some((to) => path === to || path.startsWith(`${to}/`)),
  );
  return (
    <nav aria-label={say('pages')}>
      <Menu
        mode="inline"
        inlineCollapsed={narrow}
        selectedKeys={here ? [here.name] : []}
        style={{ borderInlineEnd: 'none' }}
        items={pages.map(({ name, to, icon }) => ({
          key: name,
          icon,
          label: (
            <Link to={to} aria-current={here?.name === name ? 'page' : undefined}>
              {say(name)}
            </Link>
          ),
        }))}
      />
    </nav>
  );
}
