# docker build -t apm-bench . && docker run --rm -v "$PWD/runs:/home/node/runs" apm-bench run
FROM node:24-bookworm-slim AS build
WORKDIR /source
COPY . .
RUN npm ci --ignore-scripts && npm pack --pack-destination /packed

FROM node:24-bookworm-slim
COPY --from=build /packed/ /packed/
RUN npm install --global --ignore-scripts /packed/*.tgz \
  && rm -r /packed \
  && npm cache clean --force
USER 1000:1000
WORKDIR /home/node
ENTRYPOINT ["apm-bench"]
CMD ["--help"]
