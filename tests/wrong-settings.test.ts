/** A connection that is set up wrongly, for every connector there is: what `lianhub check` and the connection test say. */
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Conformance } from '../connectors/kit/conformance/subject.ts';
import type { JsonObject, Simulator } from '../connectors/kit/index.ts';
import { connectors } from '../connectors/registry.ts';
import { capabilities, unexplained } from '../scripts/capabilities.ts';
import { type Problem, readConfig } from '../src/config/index.ts';
import { packageRoot } from '../src/hub.ts';
import { checkSessions } from '../src/setup/sessions.ts';

type Subject = Conformance<unknown, unknown, Simulator>;

const advice = /\b(check|correct|set)\b/i;

async function subjectOf(name: string): Promise<Subject> {
  const file = new URL(`../connectors/${name}/conformance.ts`, import.meta.url);
  return ((await import(file.href)) as { subject: Subject }).subject;
}

/** What `lianhub check` finds in a configuration of one connection. */
function checked(connector: string, config: JsonObject): Promise<readonly Problem[]> {
  const text = `connections:
  it:
    connector: ${connector}
    config: ${JSON.stringify(config)}
    secrets: {}
syncs: {}
`;
  const read = readConfig({ file: path.join(packageRoot, 'x.yaml'), text, env: {} });
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  return checkSessions(read.config, connectors);
}

describe.each(Object.keys(connectors))('%s', (name) => {
  it('names every setting that is missing with its place, and says what it is', async () => {
    const problems = await checked(name, { misspelt: 1 });
    const missing = problems.filter(({ code }) => ['config.config', 'config.secrets'].includes(code));
    expect(missing.length).toBeGreaterThan(0);
    for (const { line, message, hint } of missing) {
      expect([4, 5]).toContain(line);
      expect(hint ?? /expected .+/.exec(message)?.[0] ?? '', message).not.toBe('');
    }
    const unknown = problems.filter(({ code }) => code === 'config.unknown-key');
    expect(unknown.map(({ message }) => message)).toEqual(['misspelt is not known here']);
    expect(unknown[0]?.hint).toMatch(/^(expected one of|did you mean) /);
  });

  it('tells a wrong secret, nobody there and a login page in its words, and what to do about them', async () => {
    const { connector, start, flags } = await subjectOf(name);
    const running = await start();
    const { simulator, url } = running;
    onTestFinished(async () => {
      await running.session.close();
      await simulator.stop();
      await running.close();
    });
    const made = simulator.connectionFor(url);
    const said = async (config: JsonObject, secrets: JsonObject): Promise<string> => {
      const session = connector.open({
        ...{ connection: 'it', now: Date.now },
        config: connector.config.parse(config),
        secrets: connector.secrets.parse(secrets),
      });
      const answer = await session.test(AbortSignal.timeout(10_000)).finally(() => session.close());
      expect(answer).toMatchObject({ ok: false });
      return answer.message;
    };
    const { secrets = {}, words = 'what wrongSecret.words of conformance.ts says' } = flags.wrongSecret ?? {};
    const refused = await said(made.config, { ...made.secrets, ...secrets });
    expect(refused).toContain(words);
    expect(refused).toMatch(advice);

    const text = JSON.stringify(made.config);
    const nowhere =
      url === '' ? text.replace(/"port":\d+/, '"port":1') : text.replaceAll(url, 'http://127.0.0.1:1');
    expect(await said(JSON.parse(nowhere) as JsonObject, made.secrets)).toMatch(advice);

    // A database and a folder are no web servers.
    if (url === '') return;
    simulator.faults.next(Number.POSITIVE_INFINITY, 'garbage');
    const page = await said(made.config, made.secrets);
    expect(page).toMatch(/login page|web page|baseUrl/i);
    expect(page).not.toContain('<html');
  });
});

it('no connector passes over a stage of the conformance suite without saying why', async () => {
  const { head, reasons } = await capabilities();
  expect(head.slice(1)).toEqual(Object.keys(connectors).sort());
  expect(reasons.filter((reason) => reason.includes(unexplained))).toEqual([]);
});
