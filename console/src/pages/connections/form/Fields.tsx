import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Select } from 'antd';
import type { Rule } from 'antd/es/form';
import { createContext, type ReactNode, useContext } from 'react';
import styles from '../connections.module.css';
import { formTexts } from './form-texts.ts';
import type {
  ListShape,
  MapShape,
  Member,
  NumberShape,
  ObjectShape,
  Shape,
  TextShape,
  VariantsShape,
} from './shape.ts';
import { isSecret } from './values.ts';

/** Name of a field of the form. */
type Name = readonly (string | number)[];

/** Secrets that are set already, by path (`default.appSecret`): they are shown as such, and need not be told again. */
export const SetSecrets = createContext<ReadonlySet<string>>(new Set());

interface FieldsProps {
  readonly shape: ObjectShape;
  /** Where the fields stand in the form. */
  readonly name: Name;
  /** Where they stand inside the list they are in. */
  readonly inList?: Name;
  /** Path in the settings, for what is known of each: `secrets.default`. */
  readonly path: readonly string[];
  /** Nothing needs to be typed: e.g. secrets of which others are set. */
  readonly optional?: boolean;
}

/** Fields for the members of an object. */
export function Fields({ shape, name, inList, path, optional = false }: FieldsProps): ReactNode {
  return shape.members.map((member) => (
    <MemberField
      key={member.name}
      member={member}
      name={[...name, member.name]}
      inList={inList && [...inList, member.name]}
      path={[...path, member.name]}
      optional={optional}
    />
  ));
}

interface MemberFieldProps {
  readonly member: Member;
  readonly name: Name;
  readonly inList: Name | undefined;
  readonly path: readonly string[];
  readonly optional: boolean;
}

function MemberField({ member, name, inList, path, optional }: MemberFieldProps): ReactNode {
  const { shape, help } = member;
  if (shape.kind === 'fixed') return null;
  if (shape.kind === 'object' || shape.kind === 'map' || shape.kind === 'list' || shape.kind === 'variants')
    return (
      <Group title={member.name} help={help} required={member.required && !optional}>
        <Inner
          shape={shape}
          name={name}
          inList={inList}
          path={path}
          optional={optional || !member.required}
        />
      </Group>
    );
  return <Plain member={member} name={name} inList={inList} path={path} optional={optional} />;
}

interface GroupProps {
  readonly title: string;
  readonly help?: string | undefined;
  readonly required: boolean;
  readonly children: ReactNode;
}

function Group({ title, help, required, children }: GroupProps): ReactNode {
  const say = formTexts.useSay();
  return (
    <fieldset className={styles.group}>
      <legend>
        <code>{title}</code>
        {!required && <span className={styles.hint}> {say('optional')}</span>}
      </legend>
      {help !== undefined && <p className={styles.help}>{help}</p>}
      {children}
    </fieldset>
  );
}

interface InnerProps {
  readonly shape: ObjectShape | MapShape | ListShape | VariantsShape;
  readonly name: Name;
  readonly inList: Name | undefined;
  readonly path: readonly string[];
  readonly optional: boolean;
}

function Inner({ shape, ...at }: InnerProps): ReactNode {
  switch (shape.kind) {
    case 'object':
      return (
        <Fields shape={shape} name={at.name} {...listed(at.inList)} path={at.path} optional={at.optional} />
      );
    case 'map':
      return <MapRows shape={shape} {...at} />;
    case 'list':
      return <ListRows shape={shape} {...at} />;
    case 'variants':
      return <Variants shape={shape} {...at} />;
  }
}

/** Rows of keys and values. */
function MapRows({ shape, name, inList, path }: Omit<InnerProps, 'shape'> & { shape: MapShape }): ReactNode {
  const say = formTexts.useSay();
  const form = Form.useFormInstance();
  return (
    <Form.List name={[...(inList ?? name)]}>
      {(rows, { add, remove }, { errors }) => (
        <>
          {rows.map((row) => (
            <div key={row.key} className={styles.mapRow}>
              <Form.Item
                name={[row.name, 'key']}
                label={say('key')}
                rules={[
                  { required: true, whitespace: true, message: say('keyMissing') },
                  ...(shape.keyPattern
                    ? [
                        {
                          pattern: shape.keyPattern,
                          message: say('wrongPattern', { pattern: shape.keyPattern.source }),
                        },
                      ]
                    : []),
                ]}
                className={styles.mapKey}
              >
                {shape.keys ? (
                  <Select showSearch options={shape.keys.map((value) => ({ value, label: value }))} />
                ) : (
                  <Input autoComplete="off" spellCheck={false} />
                )}
              </Form.Item>
              <div className={styles.mapValue}>
                <Form.Item noStyle shouldUpdate>
                  {() => (
                    <ItemFields
                      shape={shape.item}
                      label={say('value')}
                      name={[...name, row.name, 'value']}
                      inList={[row.name, 'value']}
                      path={[...path, String(form.getFieldValue([...name, row.name, 'key']) ?? '')]}
                    />
                  )}
                </Form.Item>
              </div>
              <RemoveButton onClick={() => remove(row.name)} />
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          <Button icon={<PlusOutlined />} onClick={() => add({})} size="small">
            {say('add')}
          </Button>
        </>
      )}
    </Form.List>
  );
}

function ListRows({
  shape,
  name,
  inList,
  path,
}: Omit<InnerProps, 'shape'> & { shape: ListShape }): ReactNode {
  const say = formTexts.useSay();
  return (
    <Form.List name={[...(inList ?? name)]}>
      {(rows, { add, remove }, { errors }) => (
        <>
          {rows.map((row, index) => (
            <div key={row.key} className={styles.mapRow}>
              <div className={styles.mapValue}>
                <ItemFields
                  shape={shape.item}
                  label={String(index + 1)}
                  name={[...name, row.name]}
                  inList={[row.name]}
                  path={[...path, String(index)]}
                />
              </div>
              <RemoveButton onClick={() => remove(row.name)} />
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          <Button icon={<PlusOutlined />} onClick={() => add()} size="small">
            {say('add')}
          </Button>
        </>
      )}
    </Form.List>
  );
}

interface ItemProps {
  readonly shape: Shape;
  readonly label: string;
  readonly name: Name;
  readonly inList: Name;
  readonly path: readonly string[];
}

/** The fields of one item of a map or list. */
function ItemFields({ shape, label, name, inList, path }: ItemProps): ReactNode {
  if (shape.kind === 'object' || shape.kind === 'map' || shape.kind === 'list' || shape.kind === 'variants')
    return <Inner shape={shape} name={name} inList={inList} path={path} optional={false} />;
  return (
    <Plain
      member={{ name: label, shape, required: true }}
      name={name}
      inList={inList}
      path={path}
      optional={false}
      isWord
    />
  );
}

function Variants({
  shape,
  name,
  inList,
  path,
}: Omit<InnerProps, 'shape'> & { shape: VariantsShape }): ReactNode {
  const at = inList ?? name;
  return (
    <>
      <Form.Item name={[...at, shape.by]} label={<code>{shape.by}</code>}>
        <Select
          allowClear
          options={shape.variants.map(({ is, help }) => ({
            value: is,
            label: help === undefined ? is : `${is} – ${help}`,
          }))}
        />
      </Form.Item>
      <Form.Item noStyle shouldUpdate>
        {({ getFieldValue }) => {
          const is: unknown = getFieldValue([...name, shape.by]);
          const variant = shape.variants.find((one) => one.is === is);
          return variant ? (
            <Fields shape={variant.shape} name={name} {...listed(inList)} path={path} />
          ) : null;
        }}
      </Form.Item>
    </>
  );
}

function RemoveButton({ onClick }: { readonly onClick: () => void }): ReactNode {
  const say = formTexts.useSay();
  return (
    <Button
      type="text"
      icon={<DeleteOutlined />}
      aria-label={say('remove')}
      title={say('remove')}
      onClick={onClick}
    />
  );
}

interface PlainProps extends MemberFieldProps {
  /** Its name is a word of ours, not the name of a setting. */
  readonly isWord?: boolean;
}

/** A single field. */
function Plain({ member, name, inList, path, optional, isWord = false }: PlainProps): ReactNode {
  const say = formTexts.useSay();
  const isSet = useContext(SetSecrets).has(path.slice(1).join('.'));
  const { shape, help, fallback } = member;
  const secret = isSecret(shape);
  const required = member.required && !optional && !(secret && isSet);
  return (
    <Form.Item
      name={[...(inList ?? name)]}
      label={isWord ? member.name : <code>{member.name}</code>}
      extra={help}
      required={required}
      rules={rulesOf(shape, required, say)}
    >
      <Control
        shape={shape}
        placeholder={
          secret && isSet
            ? say('isSet')
            : fallback === undefined || typeof fallback === 'object'
              ? undefined
              : say('fallback', {
                  value: typeof fallback === 'boolean' ? say(fallback ? 'yes' : 'no') : String(fallback),
                })
        }
      />
    </Form.Item>
  );
}

type Say = ReturnType<typeof formTexts.useSay>;

/** A variable is checked by the hub, which fills it in. */
const isVariable = (value: unknown): boolean => typeof value === 'string' && value.includes('${');

function rulesOf(shape: Shape, required: boolean, say: Say): Rule[] {
  const check = (isWrong: (value: string) => boolean, message: string): Rule => ({
    validator: async (_rule, value: unknown) => {
      if (typeof value !== 'string' || value === '' || isVariable(value) || !isWrong(value)) return;
      throw new Error(message);
    },
  });
  const rules: Rule[] = [];
  if (required)
    rules.push(
      shape.kind === 'texts'
        ? { required: true, type: 'array', message: say('missing') }
        : { required: true, message: say('missing') },
    );
  if (shape.kind === 'text') rules.push(...textRules(shape, check, say));
  if (shape.kind === 'number')
    rules.push(check((value) => !isWithin(shape, value), say('wrongNumber', boundsOf(shape, say))));
  if (shape.kind === 'json') rules.push(check((value) => !isJson(value), say('wrongJson')));
  return rules;
}

function textRules(
  { pattern, longest }: TextShape,
  check: (isWrong: (value: string) => boolean, message: string) => Rule,
  say: Say,
): Rule[] {
  return [
    ...(pattern
      ? [check((value) => !pattern.test(value), say('wrongPattern', { pattern: pattern.source }))]
      : []),
    ...(longest === undefined ? [] : [check((value) => value.length > longest, say('tooLong', { longest }))]),
  ];
}

function isWithin({ whole, least, most, above }: NumberShape, text: string): boolean {
  if (!/^-?\d+(\.\d+)?$/.test(text.trim())) return false;
  const value = Number(text);
  if (whole && !Number.isInteger(value)) return false;
  return !(value < (least ?? value) || value > (most ?? value) || (above !== undefined && value <= above));
}

function boundsOf({ whole, least, most, above }: NumberShape, say: Say): { kind: string; bounds: string } {
  const from = least ?? (above === undefined ? undefined : whole ? above + 1 : above);
  const bounds = [
    ...(from === undefined ? [] : [`≥ ${from}`]),
    ...(most === undefined ? [] : [`≤ ${most}`]),
  ].join(', ');
  return { kind: say(whole ? 'wholeNumber' : 'number'), bounds };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface ControlProps {
  readonly shape: Shape;
  readonly placeholder?: string | undefined;
  // Given by Form.Item.
  readonly id?: string;
  readonly value?: unknown;
  readonly onChange?: (value: unknown) => void;
}

function Control({ shape, placeholder, value, ...given }: ControlProps): ReactNode {
  const say = formTexts.useSay();
  const passed = { ...given, placeholder, value: value as string | undefined };
  switch (shape.kind) {
    case 'yesNo':
      return (
        <Select
          {...passed}
          allowClear
          options={withOwn(passed.value, [
            { value: 'true', label: say('yes') },
            { value: 'false', label: say('no') },
          ])}
        />
      );
    case 'choice':
      return (
        <Select
          {...passed}
          allowClear
          showSearch={shape.options.length > 8}
          options={withOwn(
            passed.value,
            shape.options.map((one) => ({ value: one, label: one })),
          )}
        />
      );
    case 'texts':
      return (
        <Select
          {...given}
          placeholder={placeholder ?? (shape.options ? undefined : say('texts'))}
          value={value as string[] | undefined}
          mode={shape.options ? 'multiple' : 'tags'}
          open={shape.options ? undefined : false}
          tokenSeparators={[',', '，']}
          {...(shape.options ? { options: shape.options.map((one) => ({ value: one, label: one })) } : {})}
        />
      );
    case 'json':
      return (
        <Input.TextArea
          {...passed}
          placeholder={placeholder ?? say('json')}
          className="lh-code"
          spellCheck={false}
          autoSize={{ minRows: 2, maxRows: 12 }}
        />
      );
    case 'text':
      if (shape.secret) return <Input.Password {...passed} autoComplete="new-password" spellCheck={false} />;
      return <Input {...passed} autoComplete="off" spellCheck={false} />;
    case 'number':
      return <Input {...passed} inputMode="decimal" autoComplete="off" className={styles.number} />;
    default:
      return <Input {...passed} autoComplete="off" spellCheck={false} />;
  }
}

/** What is written there may be a variable, which is no choice. */
function withOwn(value: unknown, options: { value: string; label: string }[]) {
  if (typeof value !== 'string' || options.some((one) => one.value === value)) return options;
  return [...options, { value, label: value }];
}

function listed(inList: Name | undefined): { inList?: Name } {
  return inList === undefined ? {} : { inList };
}
