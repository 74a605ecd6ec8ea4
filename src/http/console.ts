/** The console in the browser: files that were built before, and nothing that is made while it runs. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type Context, Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { HubError } from '../errors.ts';
import { problemOf } from './problem.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
const compressible = /^(text|application\/json|image\/svg)/;

/** One file, in the forms it was asked for. */
interface Kept {
  readonly type: string;
  readonly forms: Map<string, Promise<Uint8Array<ArrayBuffer>>>;
}

/** The files of a folder as they are; looked at again when the page itself is newer. */
class Folder {
  readonly #folder: string;
  #files: ReadonlyMap<string, Kept> = new Map();
  #builtAt = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether there is a console. */
  async look(): Promise<boolean> {
    const page = await stat(path.join(this.#folder, 'index.html')).catch(() => undefined);
    if (page === undefined) return false;
    if (page.mtimeMs !== this.#builtAt) {
      const found = await readdir(this.#folder, { recursive: true, withFileTypes: true });
      this.#files = new Map(
        found
          .filter((one) => one.isFile())
          .map((one) => {
            const name = path
              .relative(this.#folder, path.join(one.parentPath, one.name))
              .split(path.sep)
              .join('/');
            const type = types[path.extname(name)] ?? 'application/octet-stream';
            return [name, { type, forms: new Map() }];
          }),
      );
      this.#builtAt = page.mtimeMs;
    }
    return true;
  }

  /** A file by its name alone: what is not in the list is not there, whatever a path says. */
  file(name: string): Kept | undefined {
    return this.#files.get(name);
  }

  /** Its bytes, compressed once for all who ask. */
  bytes(name: string, { forms }: Kept, form: 'br' | 'gzip' | 'plain'): Promise<Uint8Array<ArrayBuffer>> {
    let bytes = forms.get(form);
    if (!bytes) {
      bytes = readFile(path.join(this.#folder, name)).then((plain) => compressed(plain, form));
      bytes.catch(() => forms.delete(form));
      forms.set(form, bytes);
    }
    return bytes;
  }
}

async function compressed(plain: Buffer, form: 'br' | 'gzip' | 'plain'): Promise<Uint8Array<ArrayBuffer>> {
  if (form === 'plain') return new Uint8Array(plain);
  if (form === 'gzip') return new Uint8Array(await promisify(gzip)(plain));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  return new Uint8Array(await promisify(brotliCompress)(plain, { params }));
}

/**
 * `GET /console/…` from a folder of built files, and `/` that leads there. Addresses of pages, which have no extension, are
 * answered with the page that knows them. Without a build it says how to make one.
 */
export function consoleFiles(at: string): Hono {
  const folder = new Folder(at);
  const app = new Hono();
  app.use(
    '/console/*',
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Ant Design and CodeMirror write styles into the page.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
      },
      xFrameOptions: 'DENY',
      permissionsPolicy: { camera: [], microphone: [], geolocation: [], payment: [], usb: [] },
    }),
  );
  app.get('/', async (context, next) => ((await folder.look()) ? context.redirect('/console/') : next()));
  app.get('/console', (context) => context.redirect('/console/'));
  app.get('/console/*', async (context) => {
    if (!(await folder.look())) return notBuilt(context);
    const asked = context.req.path.slice('/console/'.length);
    const name = folder.file(asked) || path.posix.extname(asked) !== '' ? asked : 'index.html';
    const file = folder.file(name);
    if (!file)
      return problemOf(context, new HubError('request.not-found', { path: context.req.path.slice(0, 200) }));
    const form = compressible.test(file.type) ? formFor(context.req.header('accept-encoding')) : 'plain';
    const bytes = await folder.bytes(name, file, form);
    return context.body(bytes, 200, {
      'content-type': file.type,
      // What the build puts into assets/ has the hash of its content in its name.
      'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(form === 'plain' ? {} : { 'content-encoding': form }),
    });
  });
  return app;
}

function formFor(accepted: string | undefined): 'br' | 'gzip' | 'plain' {
  const refused = (name: string): boolean =>
    new RegExp(`\\b${name}\\s*;\\s*q=0(\\.0+)?\\s*(,|$)`).test(accepted ?? '');
  for (const name of ['br', 'gzip'] as const)
    if (new RegExp(`\\b${name}\\b`).test(accepted ?? '') && !refused(name)) return name;
  return 'plain';
}

/** For a program a problem, for a person a page. */
function notBuilt(context: Context): Response | Promise<Response> {
  const error = new HubError('console.not-built', {});
  if (!context.req.header('accept')?.includes('text/html')) return problemOf(context, error);
  return context.html(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>LianHub</title></head><body>` +
      `<h1>${error.message}</h1><p>${error.hint}</p><p><a href="/docs">The API</a> works without it.</p></body></html>`,
    404,
  );
}
