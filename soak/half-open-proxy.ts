import net from 'node:net';

/**
 * A TCP proxy on the loopback address that can go silent: connections stay open, are still accepted, and nothing
 * passes any more, as behind a firewall that lost its state. Whoever waits for an answer is told nothing.
 */
export interface HalfOpenProxy {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, for targets that speak HTTP. */
  readonly url: string;
  /** From now on nothing passes, either way, on open connections and on new ones. */
  silence(): void;
  /**
   * New connections pass again. Those that were open while it was silent are reset: what they were sent is gone
   * for good and never arrives late.
   */
  restore(): void;
  /** Bytes that were swallowed so far. */
  readonly swallowed: number;
  close(): Promise<void>;
}

/** Starts a proxy in front of a TCP server on this machine. */
export async function startHalfOpenProxy(target: {
  readonly host?: string;
  readonly port: number;
}): Promise<HalfOpenProxy> {
  const pairs = new Set<readonly [net.Socket, net.Socket | undefined]>();
  let silent = false;
  let swallowed = 0;

  function pass(from: net.Socket, to: net.Socket): void {
    from.on('data', (chunk: Buffer) => {
      if (silent) {
        // Read and thrown away: left unread it would arrive late, which no lost packet does.
        swallowed += chunk.length;
        return;
      }
      if (!to.write(chunk)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
    from.on('end', () => {
      if (!silent) to.end();
    });
    from.on('close', () => {
      // Behind a silent line nobody hears of it.
      if (!silent) to.destroy();
    });
  }

  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (silent) {
      const pair = [client, undefined] as const;
      pairs.add(pair);
      client.on('data', (chunk: Buffer) => {
        swallowed += chunk.length;
      });
      client.on('error', () => undefined);
      client.on('close', () => pairs.delete(pair));
      return;
    }
    const upstream = net.connect({
      host: target.host ?? '127.0.0.1',
      port: target.port,
      noDelay: true,
      allowHalfOpen: true,
    });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.on('error', () => undefined);
    upstream.on('error', () => {
      if (!silent) client.destroy();
    });
    let closed = 0;
    const forget = (): void => {
      closed += 1;
      if (closed === 2) pairs.delete(pair);
    };
    client.on('close', forget);
    upstream.on('close', forget);
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as net.AddressInfo;

  function resetAll(): void {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream?.destroy();
    }
    pairs.clear();
  }

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    silence() {
      silent = true;
    },
    restore() {
      resetAll();
      silent = false;
    },
    get swallowed() {
      return swallowed;
    },
    close() {
      resetAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
