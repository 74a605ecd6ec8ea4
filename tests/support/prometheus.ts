/** A real Prometheus for tests: in a folder of its own, on a free port, gone afterwards. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';

export interface Prometheus {
  /** What its API answers: `get('query?query=up')`. */
  get(what: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Whether prometheus and promtool are at hand. In CI they must be: there it throws instead of leaving tests out. */
export function hasPrometheus(): boolean {
  const found = ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
  if (!found && process.env.CI !== undefined) throw new Error('CI needs a prometheus');
  return found;
}

/** Starts one that scrapes `target` (`host:port`) and evaluates a file of rules, both every second. */
export async function startPrometheus(target: string, rules: string): Promise<Prometheus> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-prometheus-'));
  const port = await freePort();
  const config = path.join(folder, 'prometheus.json');
  // YAML takes JSON.
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [rules],
      scrape_configs: [{ job_name: 'lianhub', static_configs: [{ targets: [target] }] }],
    }),
  );
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${path.join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ];
  const child: ChildProcess = spawn('prometheus', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    async get(what) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${what}`).catch(() => undefined);
      return answer?.ok ? ((await answer.json()) as { data: unknown }).data : undefined;
    },
    async stop() {
      // It has nothing to lose.
      child.kill('SIGKILL');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
