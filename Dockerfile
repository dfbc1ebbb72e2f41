# One image for every process: `tailrace api`, `tailrace worker`, `tailrace flower`.

FROM python:3.11-slim-bookworm AS environment
WORKDIR /srv/tailrace
COPY requirements/boot.txt requirements/run.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/boot.txt \
    && uv venv /opt/tailrace \
    && uv pip install --no-cache --python /opt/tailrace/bin/python --require-hashes -r requirements/run.txt

FROM python:3.11-slim-bookworm
# Models are reached over TLS, with the certificates of the system.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --home-dir /var/lib/tailrace --create-home tailrace
COPY --from=environment /opt/tailrace /opt/tailrace
WORKDIR /srv/tailrace
COPY LICENSE LICENSE
COPY api api
COPY worker worker
COPY shared shared
COPY cli cli
COPY web web
COPY data data
ENV PATH=/opt/tailrace/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/srv/tailrace \
    TAILRACE_HOST=0.0.0.0 \
    TAILRACE_DATA_DIR=/var/lib/tailrace
USER 10001
EXPOSE 8000 5555
ENTRYPOINT ["python", "-m", "cli"]
CMD ["api"]
