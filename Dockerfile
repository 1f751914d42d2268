# docker build -t apm-bench . && docker run --rm -v "$PWD/runs:/work/runs" apm-bench run
FROM node:24-bookworm-slim AS build
WORKDIR /source
COPY . .
RUN npm ci --ignore-scripts && npm pack --pack-destination /packed

FROM node:24-bookworm-slim
COPY --from=build /packed/ /packed/
RUN npm install --global --ignore-scripts /packed/*.tgz \
  && rm -r /packed \
  && npm cache clean --force \
  && install -d -o node -g node /work
USER 1000:1000
WORKDIR /work
ENTRYPOINT ["apm-bench"]
CMD ["--help"]
