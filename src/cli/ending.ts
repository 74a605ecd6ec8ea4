/**
 * Ends this process once all it said has left it. Called when everything is done: what Node itself does at a natural end,
 * closing the handles of loaders and their helpers, has been seen to spin for ever (Environment::CleanupHandles, 20.20).
 */
export async function endProcess(): Promise<never> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  process.exit();
}
