import { Descriptions } from 'antd';
import type { ReactNode } from 'react';
import type { Caller } from '../../api/session.ts';
import { texts as shellTexts } from '../../shell/texts.ts';
import { texts } from './texts.ts';

export function Identity({ caller }: { readonly caller: Caller }): ReactNode {
  const say = texts.useSay();
  const sayShell = shellTexts.useSay();
  return (
    <Descriptions
      column={1}
      items={[
        { key: 'name', label: say('name'), children: caller.name },
        ...(caller.email === undefined
          ? []
          : [{ key: 'email', label: say('email'), children: caller.email }]),
        { key: 'role', label: say('role'), children: sayShell(caller.role) },
        {
          key: 'scopes',
          label: say('scopes'),
          children: caller.scopes.map((scope) => say(scope)).join('; '),
        },
      ]}
    />
  );
}
