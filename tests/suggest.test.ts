import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkCommand } from '../src/cli/check.ts';
import { suggestCommand } from '../src/cli/suggest.ts';
import { runCommand } from './support/command.ts';

const ofOrder = ['--connector', 'kingdee', '--object', 'SAL_SaleOrder', '--entity', 'order'];

function fileWith(name: string, text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'lianhub-suggest-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('lianhub suggest', () => {
  it('drafts a file that check refuses until its questions are answered', async () => {
    const { stdout, stderr, status } = await runCommand(suggestCommand(), ofOrder);
    expect(status).toBe(0);
    const gaps = Number(/(\d+) gaps to be decided/.exec(stderr)?.[1]);
    const draft = fileWith('draft.yaml', stdout);
    const checked = await runCommand(checkCommand(), [draft, '--json']);
    const { ok, problems } = JSON.parse(checked.stdout) as { ok: boolean; problems: { code: string }[] };
    expect(ok).toBe(false);
    expect(problems.filter((problem) => problem.code === 'mapping.gap')).toHaveLength(gaps);
    expect(new Set(problems.map((problem) => problem.code))).not.toContain('mapping.unknown-vendor-path');
  });

  it('prints guesses with scores for a machine, and the same draft', async () => {
    const { stdout } = await runCommand(suggestCommand(), [...ofOrder, '--direction', 'out', '--json']);
    const told = JSON.parse(stdout) as { text: string; guesses: object[] };
    expect(told.text).toContain('direction: out');
    expect(told.guesses).toContainEqual(
      expect.objectContaining({ path: 'lines[].skuId', at: 'FMaterialId.FNumber' }),
    );
  });

  it('takes samples where no description of the API exists', async () => {
    const samples = fileWith('samples.json', '[{ "orderNo": "A1", "qty": "2", "memo": "x" }]');
    const args = ['--connector', 'nobody', '--object', 'trade', '--entity', 'order', '--samples', samples];
    const { stdout } = await runCommand(suggestCommand(), args);
    expect(stdout).toContain('number: orderNo');
  });

  it('refuses what does not exist with the nearest right name', async () => {
    const run = (...args: string[]): Promise<unknown> => runCommand(suggestCommand(), [...ofOrder, ...args]);
    await expect(run('--object', 'SAL_SalesOrder')).rejects.toThrow('did you mean SAL_SaleOrder?');
    await expect(run('--entity', 'ordre')).rejects.toThrow('did you mean order?');
    await expect(run('--samples', fileWith('s.json', '[1]'))).rejects.toThrow('it holds no object');
    await expect(run('--connector', 'nobody')).rejects.toThrow('nobody.yaml does not exist');
  });
});
