/** Keeps what tells something about a person out of texts whose content nobody knows: logs, and what vendors answered. */

const hidden = '***';
const mobile = /(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)/g;
const email = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g;

/** The text without mobile numbers and e-mail addresses. */
export function withoutContacts(text: string): string {
  const bare = text.replace(mobile, hidden);
  return bare.includes('@') ? bare.replace(email, hidden) : bare;
}

/** The same for every text in a JSON value; members keep their names. */
export function withoutContactsIn<Value>(value: Value): Value {
  return walk(value) as Value;
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return withoutContacts(value);
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item)]));
}

/** Members of what is logged that hold a person's data, by name, compared without case, `-` and `_`. */
const personalNames = new Set([
  ...[
    'phone',
    'mobile',
    'mobilephone',
    'telephone',
    'tel',
    'contacttel',
    'contactname',
    'contactaddress',
    'email',
  ],
  ...[
    'receiver',
    'receivername',
    'receiveraddress',
    'receiverphone',
    'idcard',
    'birthday',
    'unionid',
    'openid',
  ],
]);

/** A copy of what is logged without the values of such members. */
export function withoutPersonal(value: unknown, depth = 0): unknown {
  if (depth > 8 || typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (Array.isArray(value)) return value.map((item) => withoutPersonal(item, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      personalNames.has(name.toLowerCase().replace(/[-_]/g, '')) && item !== undefined && item !== null
        ? hidden
        : withoutPersonal(item, depth + 1),
    ]),
  );
}
