import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ApiEnv } from './environment.ts';

const files = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
} as const;

const page = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>LianHub API</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
  <div id="docs"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
`;

const start = `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#docs', validatorUrl: null, deepLinking: true, defaultModelsExpandDepth: -1,
  persistAuthorization: false, tryItOutEnabled: true,
});
`;

/** The API for people to read and try, from files of this installation alone: the page may load nothing from elsewhere. */
export function docs(): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use(
    '/docs/*',
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: 'DENY',
    }),
  );
  app.get('/docs', (context) => context.html(page));
  app.get('/docs/start.js', (context) =>
    context.body(start, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  );
  const { resolve } = createRequire(import.meta.url);
  for (const [name, type] of Object.entries(files)) {
    app.get(`/docs/${name}`, async (context) => {
      const content = await readFile(resolve(`swagger-ui-dist/${name}`), 'utf8');
      return context.body(content, 200, { 'content-type': type, 'cache-control': 'max-age=86400' });
    });
  }
  return app;
}
