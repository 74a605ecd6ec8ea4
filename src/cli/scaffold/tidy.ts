import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Files as the project's formatter and import order have them; as they are where the formatter is not installed. */
export function tidied(root: string, files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const formatter = path.join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  if (!existsSync(formatter)) return files;
  const folder = mkdtempSync(path.join(tmpdir(), 'lianhub-scaffold-'));
  try {
    for (const [file, text] of files) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    const settings = ['--config-path', root, '--vcs-enabled=false'];
    spawnSync(process.execPath, [formatter, 'check', '--write', ...settings, folder], { cwd: folder });
    return new Map([...files.keys()].map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
