import { Link } from '@tanstack/react-router';
import { Result } from 'antd';
import type { ReactNode } from 'react';
import { texts } from './texts.ts';

/** For an address that is none. */
export function Nowhere(): ReactNode {
  const say = texts.useSay();
  return (
    <Result
      status="info"
      title={say('notFound')}
      subTitle={say('notFoundLead')}
      extra={<Link to="/health">{say('toHealth')}</Link>}
    />
  );
}
