import { Alert, Collapse, Form, Input, Switch } from 'antd';
import type { ReactNode } from 'react';
import styles from '../connections.module.css';
import { texts } from '../texts.ts';
import { memberOf } from './connection-shape.ts';
import { Fields } from './Fields.tsx';
import type { Member, ObjectShape } from './shape.ts';

interface ConnectionFieldsProps {
  readonly shape: ObjectShape;
  /** Whether the connector has a simulator. */
  readonly canSimulate: boolean;
  /** Secrets have a page of their own once there are some. @default true */
  readonly withSecrets?: boolean;
  /** Parts that are open, of `allParts`. */
  readonly open: readonly string[];
  readonly onOpen: (open: readonly string[]) => void;
}

export const allParts = ['more', 'shared'] as const;

/** What is rarely changed stands behind a heading. */
function isRare({ required, shape, fallback }: Member): boolean {
  return !required && fallback !== undefined && shape.kind !== 'map' && shape.kind !== 'list';
}

/** The fields of a connection: its connector's settings and secrets, and what every connection has. */
export function ConnectionFields({
  shape,
  canSimulate,
  withSecrets = true,
  open,
  onOpen,
}: ConnectionFieldsProps): ReactNode {
  const say = texts.useSay();
  const simulated = Form.useWatch<boolean | undefined>('simulated') === true;
  const config = memberOf(shape, 'config')?.shape;
  const secrets = memberOf(shape, 'secrets');
  const members = config?.kind === 'object' ? config.members : [];
  const shared = shape.members.filter(({ name }) => name !== 'config' && name !== 'secrets');
  const rare = members.filter(isRare);
  const usual = members.filter((one) => !isRare(one));
  const part = (of: readonly Member[]): ObjectShape => ({ kind: 'object', members: of });
  return (
    <>
      {canSimulate && (
        <>
          <Form.Item
            name="simulated"
            valuePropName="checked"
            label={say('simulated')}
            extra={say('simulatedHelp')}
          >
            <Switch />
          </Form.Item>
          {simulated && (
            <Form.Item name="simulator" label={say('simulatorOptions')}>
              <Input.TextArea className="lh-code" spellCheck={false} autoSize={{ minRows: 2, maxRows: 12 }} />
            </Form.Item>
          )}
        </>
      )}
      {!simulated && (
        <>
          <fieldset className={styles.group}>
            <legend>{say('settings')}</legend>
            {usual.length === 0 && <p className={styles.quiet}>{say('nothingNeeded')}</p>}
            <Fields shape={part(usual)} name={['config']} path={['config']} />
            {rare.length > 0 && (
              <Collapse
                size="small"
                ghost
                activeKey={open.includes('more') ? ['more'] : []}
                onChange={(keys) => onOpen(toggled(open, 'more', keys))}
                items={[
                  {
                    key: 'more',
                    forceRender: true,
                    label: say('more', { count: rare.length }),
                    children: <Fields shape={part(rare)} name={['config']} path={['config']} />,
                  },
                ]}
              />
            )}
          </fieldset>
          {withSecrets && secrets && (
            <fieldset className={styles.group}>
              <legend>{say('secrets')}</legend>
              {secrets.help !== undefined && <p className={styles.help}>{secrets.help}</p>}
              <Alert type="info" showIcon title={say('secretsHelp')} style={{ marginBottom: 12 }} />
              <SecretFields member={secrets} />
            </fieldset>
          )}
        </>
      )}
      <Collapse
        size="small"
        style={{ marginBottom: 16 }}
        activeKey={open.includes('shared') ? ['shared'] : []}
        onChange={(keys) => onOpen(toggled(open, 'shared', keys))}
        items={[
          {
            key: 'shared',
            forceRender: true,
            label: say('shared'),
            children: <Fields shape={part(shared)} name={[]} path={[]} />,
          },
        ]}
      />
    </>
  );
}

/** Fields of the secrets, whatever shape they have. */
export function SecretFields({ member: { shape } }: { readonly member: Member }): ReactNode {
  if (shape.kind === 'object') return <Fields shape={shape} name={['secrets']} path={['secrets']} />;
  // A map stands alone: its group would only say "secrets" once more.
  return (
    <Fields
      shape={{ kind: 'object', members: [{ name: 'secrets', shape, required: true }] }}
      name={[]}
      path={[]}
    />
  );
}

function toggled(open: readonly string[], part: string, keys: readonly string[] | string): readonly string[] {
  const others = open.filter((one) => one !== part);
  return keys.length > 0 ? [...others, part] : others;
}
