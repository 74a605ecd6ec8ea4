/** What an identity provider's word about somebody makes of them here. */
import { type Role, roles, type Scope } from '../../security/index.ts';

/** Groups of `console.oidc`. */
export interface RightsMap {
  readonly claim: string;
  readonly roles: Readonly<Partial<Record<Role, readonly string[]>>>;
  readonly personal?: readonly string[] | undefined;
}

export interface Rights {
  readonly role: Role;
  readonly scopes: readonly Scope[];
}

/** The greatest role one of somebody's groups has; undefined: none has any. */
export function rightsOf(profile: Readonly<Record<string, unknown>>, map: RightsMap): Rights | undefined {
  const groups = groupsAt(profile, map.claim);
  const role = roles.findLast((one) => map.roles[one]?.some((group) => groups.has(group)));
  if (role === undefined) return undefined;
  return { role, scopes: map.personal?.some((group) => groups.has(group)) ? ['pii:read'] : [] };
}

function groupsAt(profile: Readonly<Record<string, unknown>>, claim: string): ReadonlySet<string> {
  // Names of claims may hold dots themselves: `https://example.com/groups`.
  let value: unknown = Object.hasOwn(profile, claim) ? profile[claim] : profile;
  if (value === profile) {
    for (const name of claim.split('.')) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined;
    }
  }
  const list = Array.isArray(value) ? value : [value];
  return new Set(list.filter((one) => typeof one === 'string'));
}
