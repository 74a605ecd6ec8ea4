/** Talks to one Kingdee site: signs in, sends, and turns every failure into a decision. */
import { z } from 'zod';
import type { components } from '../../openapi/generated/kingdee.d.ts';
import {
  ConnectorError,
  createHttpClient,
  credentialNamed,
  fail,
  type HttpAnswer,
  isDecision,
  type Json,
  type JsonObject,
  jsonObject,
  type SharedConnection,
  type SingleFlight,
  singleFlight,
  stringifyJson,
  type VendorCall,
  withSession,
} from '../kit/index.ts';
import { complaintOf, readBody, readRows, readWrite, type WriteAnswer } from './answers.ts';
import type { Credential, KingdeeConfig, KingdeeSecrets } from './config.ts';
import { decisionOf } from './errors.ts';
import { loginSign, signedHeaders } from './signing.ts';

export type Schemas = components['schemas'];

const authService = 'Kingdee.BOS.WebApi.ServicesStub.AuthService';
const formService = 'Kingdee.BOS.WebApi.ServicesStub.DynamicFormService';

/** Fields the vendor holds as numbers; they travel as decimal texts in the hub and leave digit by digit. */
const numeric = [
  ...['FID', 'FEntryID', 'FQty', 'FRealQty', 'FMustQty', 'FPriceQty', 'FBaseQty'],
  ...['FPrice', 'FTaxPrice', 'FEntryTaxRate', 'FDiscountRate', 'FALLAMOUNTFOR_D'],
];

export interface Query {
  readonly form: string;
  readonly fields: readonly string[];
  readonly filter?: string;
  readonly order?: string;
  readonly start?: number;
  readonly limit?: number;
  readonly as?: string;
  readonly signal: AbortSignal;
}

export interface KingdeeClient {
  /** One page of ExecuteBillQuery: rows by position of `fields`. Lines of a bill are rows of their own. */
  query(query: Query): Promise<readonly (readonly Json[])[]>;
  /** One writing operation of the dynamic form service; `opNumber` only for Ex(e)cuteOperation. */
  write(
    operation: string,
    form: string,
    data: JsonObject,
    call: { as?: string | undefined; signal: AbortSignal; opNumber?: string | undefined },
  ): Promise<WriteAnswer>;
  /** Signs in and reads one row, per credential. Throws the decision. */
  test(signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface ClientOptions {
  readonly connection: string;
  readonly config: KingdeeConfig;
  readonly secrets: KingdeeSecrets;
  readonly now: () => number;
  readonly timeoutMs: number;
  readonly onCall?: (call: VendorCall) => void;
  readonly shared?: SharedConnection | undefined;
}

const sessionSchema = z.object({ cookie: z.string(), id: z.string() });

/** What makes a request ours. In signed mode `cookie` is what the last good answer gave. */
type Session = z.output<typeof sessionSchema>;

/** A client of one connection; `close` ends its sockets. */
export function createClient(options: ClientOptions): KingdeeClient {
  const { config, secrets, now } = options;
  const base = config.serverUrl.endsWith('/') ? config.serverUrl : `${config.serverUrl}/`;
  const http = createHttpClient({
    connection: options.connection,
    shared: options.shared,
    limits: config.limits,
    timeoutMs: options.timeoutMs,
    ...(options.onCall ? { onCall: options.onCall } : {}),
  });
  const accounts = new Map<string, SingleFlight<Session>>();

  function account(as = 'default'): { credential: Credential; session: SingleFlight<Session> } {
    const credential = credentialNamed('kingdee', secrets, as);
    let session = accounts.get(as);
    if (!session) {
      session = singleFlight(() => signIn(credential), config.sessionSeconds * 1000, now, {
        // A signed session is no token: its cookie is learnt from answers and refused by nobody.
        tokens: config.auth === 'signed' ? undefined : options.shared?.tokens,
        name: as,
        write: (value) => JSON.stringify(value),
        read: (text) => sessionSchema.parse(JSON.parse(text)),
      });
      accounts.set(as, session);
    }
    return { credential, session };
  }

  async function signIn(credential: Credential): Promise<Session> {
    if (config.auth === 'signed') return { cookie: '', id: '' };
    const answer = await http.send({
      operation: config.auth,
      method: 'POST',
      url: `${base}${authService}.${config.auth}.common.kdsvc`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ parameters: loginParameters(config, credential, now()) }),
      write: false,
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    return readLogin(answer);
  }

  function headersFor(session: Session, credential: Credential, url: string): Record<string, string> {
    const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
    if (session.id) headers['kdservice-sessionid'] = session.id;
    if (session.cookie) headers.cookie = session.cookie;
    if (config.auth !== 'signed') return headers;
    const seconds = Math.floor(now() / 1000);
    const timestamp = config.timestamp === 'seconds' ? String(seconds) : String(now());
    const identity = {
      acctId: config.acctId,
      username: credential.username,
      appId: appIdOf(config, credential),
      appSecret: secretOf(credential.appSecret, 'appSecret'),
      lcid: config.lcid,
      orgNum: config.orgNum,
    };
    return { ...headers, ...signedHeaders(identity, url, timestamp) };
  }

  async function call(
    operation: string,
    body: JsonObject,
    how: { write: boolean; as?: string | undefined; signal: AbortSignal },
  ): Promise<Json> {
    const { credential, session } = account(how.as);
    const url = `${base}${formService}.${operation}.common.kdsvc`;
    const text = stringifyJson(body, { numbers: numeric });
    try {
      return await withSession(session, how.signal, async (current) => {
        const answer = await http.send({
          operation,
          method: 'POST',
          url,
          headers: headersFor(current, credential, url),
          body: text,
          write: how.write,
          signal: how.signal,
        });
        const json = readBody(answer, how.write);
        // A lost session refuses the call before it does anything: repeating is safe for writes as well.
        const complaint = complaintOf(json);
        if (complaint) {
          const decision = decisionOf(complaint, how.write);
          if (decision.kind === 'reauth') throw new ConnectorError(decision);
        } else if (config.auth === 'signed') {
          // Only good answers: a failed one sets a cookie that is dead from the start.
          current.cookie = cookiesOf(answer) || current.cookie;
        }
        return json;
      });
    } catch (error) {
      if (!isDecision(error, 'reauth')) throw error;
      fail(
        {
          kind: 'fatal',
          code: 'kingdee.credentials',
          message:
            'Kingdee refuses the session again right after signing in: check user, secret and account set.',
        },
        error,
      );
    }
  }

  return {
    async query(query) {
      const data = {
        FormId: query.form,
        FieldKeys: query.fields.join(','),
        FilterString: query.filter ?? '',
        OrderString: query.order ?? '',
        TopRowCount: 0,
        StartRow: query.start ?? 0,
        Limit: Math.min(query.limit ?? config.queryLimit, config.queryLimit),
        SubSystemId: '',
      } satisfies Schemas['QueryOptions'];
      const how = { write: false, as: query.as, signal: query.signal };
      return readRows(await call('ExecuteBillQuery', { data }, how));
    },
    async write(operation, form, data, how) {
      const body = { formid: form, ...(how.opNumber ? { opNumber: how.opNumber } : {}), data };
      return readWrite(await call(operation, body, { write: true, as: how.as, signal: how.signal }));
    },
    async test(signal) {
      for (const name of Object.keys(secrets)) {
        // Signed: an old cookie that still lives would hide a wrong secret.
        if (config.auth === 'signed') (await account(name).session.get()).cookie = '';
        await this.query({ form: 'BD_Customer', fields: ['FCUSTID'], limit: 1, as: name, signal });
      }
    },
    close: () => http.close(),
  };
}

/** Ordered parameters of the login services; `nowMs` stamps LoginBySign. */
function loginParameters(config: KingdeeConfig, credential: Credential, nowMs: number): Json[] {
  const { acctId, lcid } = config;
  const { username } = credential;
  if (config.auth === 'ValidateUser') {
    return [acctId, username, secretOf(credential.password, 'password'), lcid];
  }
  const appId = appIdOf(config, credential);
  const appSecret = secretOf(credential.appSecret, 'appSecret');
  if (config.auth === 'LoginByAppSecret') return [acctId, username, appId, appSecret, lcid];
  const timestamp = String(Math.floor(nowMs / 1000));
  return [
    acctId,
    username,
    appId,
    timestamp,
    loginSign({ acctId, username, appId, appSecret }, timestamp),
    lcid,
  ];
}

/** Session of a login answer. Every refusal is `fatal`: trying again would only lock the user. */
function readLogin(answer: HttpAnswer): Session {
  const login = jsonObject(readBody(answer, false));
  const context = login.Context as Json | undefined;
  const fromContext =
    typeof context === 'object' && context !== null ? jsonObject(context).SessionId : undefined;
  const id = [login.KDSVCSessionId, fromContext].find((one) => typeof one === 'string' && one !== '');
  if (Number(login.LoginResultType) === 1 && typeof id === 'string') {
    return { id, cookie: cookiesOf(answer) || `kdservice-sessionid=${id}` };
  }
  const text = typeof login.Message === 'string' ? login.Message : '';
  const decision = decisionOf({ status: 200, code: String(login.MessageCode ?? ''), text }, false);
  if (decision.kind === 'fatal') throw new ConnectorError(decision);
  fail({
    kind: 'fatal',
    code: 'kingdee.login-refused',
    message: `Kingdee refused the login (${decision.kind === 'reject' ? text.slice(0, 200) || 'no reason given' : decision.message}): check user, secret and acctId.`,
  });
}

/** `name=value` pairs of the answer's cookies; each cookie is a line, dates inside keep their commas. */
function cookiesOf(answer: HttpAnswer): string {
  const lines = (answer.headers['set-cookie'] ?? '').split('\n');
  return lines
    .map((line) => line.split(';')[0]?.trim() ?? '')
    .filter((pair) => /^[^=]+=.+/.test(pair))
    .join('; ');
}

function appIdOf(config: KingdeeConfig, credential: Credential): string {
  return secretOf(credential.appId ?? config.appId, 'appId');
}

function secretOf(value: string | undefined, name: string): string {
  if (value) return value;
  return fail({
    kind: 'fatal',
    code: 'kingdee.credential',
    message: `${name} is not set for this sign-in mode.`,
  });
}
