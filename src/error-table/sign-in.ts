/** Errors of the console: signing in, sessions, users. */
import type { ErrorRow } from './row.ts';

export const signInErrors = {
  'sign-in.wrong': {
    status: 401,
    message: 'The e-mail address or the password is wrong.',
    hint: 'An admin can give you a new password: lianhub users reset-password.',
    chinese: ['邮箱或密码不正确。', '管理员可以给您新密码：lianhub users reset-password。'],
  },
  'sign-in.too-many': {
    status: 429,
    message: 'Too many attempts to sign in were made from here or with this address.',
    hint: 'Wait for the time in Retry-After.',
    chinese: ['从此处或用此邮箱登录的尝试过多。', '按 Retry-After 所说的时间等待。'],
  },
  'sign-in.disabled': {
    status: 403,
    message: 'This user may not sign in.',
    hint: 'An admin can allow it again: lianhub users enable.',
    chinese: ['该用户已被停用，不能登录。', '管理员可以重新启用：lianhub users enable。'],
  },
  'sign-in.password-expired': {
    status: 403,
    message: 'This password was for one sign-in within three days, which are over.',
    hint: 'Ask an admin for a new one: lianhub users reset-password.',
    chinese: ['此一次性密码须在三天内使用，现已过期。', '向管理员索取新密码：lianhub users reset-password。'],
  },
  'sign-in.wrong-password': {
    status: 422,
    message: 'The current password is not this one.',
    chinese: ['当前密码不正确。'],
  },
  'sign-in.bad-password': {
    status: 422,
    message: 'This cannot be the new password: {reason}.',
    hint: 'Take 10 to 128 characters that you use nowhere else; a password manager makes good ones.',
    chinese: [
      '不能用作新密码：{reason}。',
      '使用 10 至 128 个字符、未在别处用过的密码；密码管理器可以生成。',
    ],
  },
  'sign-in.no-password': {
    status: 409,
    message: 'This user signs in with the identity provider and has no password here.',
    chinese: ['该用户使用身份平台登录，在这里没有密码。'],
  },
  'sign-in.no-provider': {
    status: 404,
    message: 'No identity provider is configured.',
    hint: 'console.oidc in hub.yaml names one.',
    chinese: ['没有配置身份平台。', '在 hub.yaml 的 console.oidc 中配置。'],
  },
  'sign-in.provider-failed': {
    status: 502,
    message: 'The identity provider could not be reached, or did not say who signs in.',
    hint: 'Try again. The log of the hub has the cause; check issuer, clientId and clientSecret of console.oidc.',
    chinese: [
      '无法连接身份平台，或其未说明登录者身份。',
      '请重试。原因见 hub 的日志；检查 console.oidc 的 issuer、clientId 和 clientSecret。',
    ],
  },
  'sign-in.no-role': {
    status: 403,
    message: 'The identity provider names no group that may use this hub.',
    hint: 'Ask whoever runs the hub: console.oidc.roles in hub.yaml says which groups may do what.',
    chinese: [
      '身份平台所给的组都无权使用本 hub。',
      '联系 hub 的维护者：hub.yaml 的 console.oidc.roles 规定各组的权限。',
    ],
  },
  'sign-in.not-linked': {
    status: 403,
    message:
      'There is a user with this e-mail address, and the identity provider does not vouch for the address.',
    hint: 'Sign in with the password, or let the provider say email_verified.',
    chinese: [
      '已有使用此邮箱的用户，而身份平台没有验证该邮箱。',
      '使用密码登录，或让身份平台给出 email_verified。',
    ],
  },
  'auth.session-ended': {
    status: 401,
    message: 'This session has ended.',
    hint: 'Sign in again.',
    chinese: ['会话已结束。', '请重新登录。'],
  },
  'auth.cross-site': {
    status: 403,
    message: 'A change that is made with the cookie of a session has to come from the console itself.',
    hint: 'Send x-lianhub-console: 1 from a page of this hub. Programs use a token. Behind a proxy that changes Host, set server.publicUrl.',
    chinese: [
      '使用会话 Cookie 的修改必须来自控制台本身。',
      '从本 hub 的页面发送 x-lianhub-console: 1。程序请使用令牌。若前面的代理改写了 Host，请设置 server.publicUrl。',
    ],
  },
  'auth.change-password': {
    status: 403,
    message: 'The password was made by somebody else and has to be changed first.',
    hint: 'POST /auth/change-password; the console asks for it.',
    chinese: ['密码由他人设置，须先修改。', 'POST /auth/change-password；控制台会提示修改。'],
  },
  'users.exists': {
    status: 409,
    message: 'There is a user {email} already.',
    chinese: ['已有用户 {email}。'],
  },
  'users.unknown': {
    status: 404,
    message: 'There is no user {user}.',
    hint: 'lianhub users list shows those there are.',
    chinese: ['没有用户 {user}。', 'lianhub users list 列出现有用户。'],
  },
  'users.last-admin': {
    status: 409,
    message: 'Nobody would be left who may sign in as an admin.',
    hint: 'Make another admin first.',
    chinese: ['这样就没有能登录的管理员了。', '先设置另一位管理员。'],
  },
  'users.by-provider': {
    status: 409,
    message: 'What {user} may do is said by the identity provider at each sign-in.',
    hint: 'Change their groups there, or console.oidc.roles in hub.yaml.',
    chinese: [
      '{user} 的权限由身份平台在每次登录时给出。',
      '在身份平台更改其所属的组，或更改 hub.yaml 的 console.oidc.roles。',
    ],
  },
  'users.bad-option': {
    status: 400,
    message: '{option} cannot be {value} ({expected}).',
    chinese: ['{option} 不能是 {value}（{expected}）。'],
  },
  'sessions.unknown': {
    status: 404,
    message: 'There is no session {id} of this user, or it has ended.',
    chinese: ['该用户没有会话 {id}，或它已结束。'],
  },
  'console.not-built': {
    status: 404,
    message: 'The console has not been built here.',
    hint: 'npm start builds it; or run npm run build, which does as well.',
    chinese: ['这里还没有构建控制台。', 'npm start 会构建；也可运行 npm run build。'],
  },
} as const satisfies Record<string, ErrorRow>;
