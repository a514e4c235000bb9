# One image for web, stream and worker: the locked Python and JavaScript packages and the code, run by an ordinary user.
FROM node:22-bookworm-slim AS scripts
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.12-slim-bookworm
ENV PYTHONUNBUFFERED=1 GRIDMAP_VAR=/data NUMBA_CACHE_DIR=/kernels
RUN apt-get update && apt-get install -y --no-install-recommends gettext && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --home-dir /data gridmap && install -d -o gridmap -g gridmap /data /kernels
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=scripts /app/node_modules node_modules
RUN find . -name '*.po' -exec sh -c 'msgfmt -o "${1%.po}.mo" "$1"' sh {} \;
USER gridmap
RUN python -m gridmap.partition.ready
VOLUME /data
