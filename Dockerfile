# One image for every component of the cluster; docker-compose.yml says which it is.
FROM python:3.11.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/opt/venv/bin:$PATH \
    # A DAG finds only its own folder: the project must be on the path, before any installed package of the same name.
    PYTHONPATH=/opt/ouidire \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/ouidire/dags \
    OUIDIRE_HOME=/data

WORKDIR /opt/ouidire

COPY bootstrap.lock cluster.lock ./
RUN python -m venv /opt/venv \
 && pip install --no-cache-dir --require-hashes --no-deps -r bootstrap.lock \
 && VIRTUAL_ENV=/opt/venv uv pip install --no-cache --compile-bytecode --require-hashes -r cluster.lock

COPY pyproject.toml LICENSE ./
COPY ouidire ouidire
COPY extractors extractors
COPY nlp nlp
COPY warehouse warehouse
COPY sql sql
COPY dags dags
RUN VIRTUAL_ENV=/opt/venv uv pip install --offline --no-deps --no-build-isolation -e . \
 && useradd --uid 50000 --gid 0 --home-dir /opt/airflow airflow \
 && mkdir -p /opt/airflow /data \
 && chown -R airflow:0 /opt/airflow /data

USER airflow
ENTRYPOINT ["airflow"]
CMD ["version"]
