/** What a token may do: scopes, and the roles that are usual sets of them. */

/**
 * - `read`       look at everything the API shows, personal fields hidden
 * - `operate`    daily work: try again, leave, pause, decide
 * - `configure`  what the hub does from now on: subscriptions, mappings, rules
 * - `admin`      who may do what, and the audit log
 * - `pii:read`   personal fields too; part of no role, and each reading is audited
 */
export const scopes = ['read', 'operate', 'configure', 'admin', 'pii:read'] as const;
export type Scope = (typeof scopes)[number];

export const roles = ['viewer', 'operator', 'integrator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Scopes that come with a role; each role has those of the one before. */
export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['read'],
  operator: ['read', 'operate'],
  integrator: ['read', 'operate', 'configure'],
  admin: ['read', 'operate', 'configure', 'admin'],
};

/** All scopes of a token: those of its role, and those it was given beside. */
export function scopesOf(role: Role, more: readonly Scope[]): ReadonlySet<Scope> {
  return new Set([...scopesOfRole[role], ...more]);
}
