/** Errors of the console: signing in, sessions, users. */
import type { ErrorRow } from './row.ts';

export const signInErrors = {
  'sign-in.wrong': {
    status: 401,
    message: 'The e-mail address or the password is wrong.',
    hint: 'An admin can give you a new password: lianhub users reset-password.',
  },
  'sign-in.too-many': {
    status: 429,
    message: 'Too many attempts to sign in were made from here or with this address.',
    hint: 'Wait for the time in Retry-After.',
  },
  'sign-in.disabled': {
    status: 403,
    message: 'This user may not sign in.',
    hint: 'An admin can allow it again: lianhub users enable.',
  },
  'sign-in.password-expired': {
    status: 403,
    message: 'This password was for one sign-in within three days, which are over.',
    hint: 'Ask an admin for a new one: lianhub users reset-password.',
  },
  'sign-in.wrong-password': {
    status: 422,
    message: 'The current password is not this one.',
  },
  'sign-in.bad-password': {
    status: 422,
    message: 'This cannot be the new password: {reason}.',
    hint: 'Take 10 to 128 characters that you use nowhere else; a password manager makes good ones.',
  },
  'sign-in.no-password': {
    status: 409,
    message: 'This user signs in with the identity provider and has no password here.',
  },
  'sign-in.no-provider': {
    status: 404,
    message: 'No identity provider is configured.',
    hint: 'console.oidc in hub.yaml names one.',
  },
  'sign-in.provider-failed': {
    status: 502,
    message: 'The identity provider could not be reached, or did not say who signs in.',
    hint: 'Try again. The log of the hub has the cause; check issuer, clientId and clientSecret of console.oidc.',
  },
  'sign-in.no-role': {
    status: 403,
    message: 'The identity provider names no group that may use this hub.',
    hint: 'Ask whoever runs the hub: console.oidc.roles in hub.yaml says which groups may do what.',
  },
  'sign-in.not-linked': {
    status: 403,
    message:
      'There is a user with this e-mail address, and the identity provider does not vouch for the address.',
    hint: 'Sign in with the password, or let the provider say email_verified.',
  },
  'auth.session-ended': {
    status: 401,
    message: 'This session has ended.',
    hint: 'Sign in again.',
  },
  'auth.cross-site': {
    status: 403,
    message: 'A change that is made with the cookie of a session has to come from the console itself.',
    hint: 'Send x-lianhub-console: 1 from a page of this hub. Programs use a token. Behind a proxy that changes Host, set server.publicUrl.',
  },
  'auth.change-password': {
    status: 403,
    message: 'The password was made by somebody else and has to be changed first.',
    hint: 'POST /auth/change-password; the console asks for it.',
  },
  'users.exists': {
    status: 409,
    message: 'There is a user {email} already.',
  },
  'users.unknown': {
    status: 404,
    message: 'There is no user {user}.',
    hint: 'lianhub users list shows those there are.',
  },
  'users.last-admin': {
    status: 409,
    message: 'Nobody would be left who may sign in as an admin.',
    hint: 'Make another admin first.',
  },
  'users.by-provider': {
    status: 409,
    message: 'What {user} may do is said by the identity provider at each sign-in.',
    hint: 'Change their groups there, or console.oidc.roles in hub.yaml.',
  },
  'users.bad-option': {
    status: 400,
    message: '{option} cannot be {value} ({expected}).',
  },
  'sessions.unknown': {
    status: 404,
    message: 'There is no session {id} of this user, or it has ended.',
  },
  'console.not-built': {
    status: 404,
    message: 'The console has not been built here.',
    hint: 'npm start builds it; or run npm run build, which does as well.',
  },
} as const satisfies Record<string, ErrorRow>;
