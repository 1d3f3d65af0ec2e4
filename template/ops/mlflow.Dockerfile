# The MLflow server of the compose profile `tracking`: the whole of MLflow, which the project itself does without.
ARG PYTHON_VERSION=3.12
FROM python:${PYTHON_VERSION}-slim

ARG MLFLOW_VERSION=3.17.2
ARG PSYCOPG2_VERSION=2.9.13
RUN pip install --no-cache-dir "mlflow==${MLFLOW_VERSION}" "psycopg2-binary==${PSYCOPG2_VERSION}" \
    && install -d -o 10001 -g 10001 /artifacts

ENV HOME=/tmp MLFLOW_DISABLE_TELEMETRY=true PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
VOLUME /artifacts
EXPOSE 5000
# The password by PGPASSWORD: in the address it would have to be escaped, and be seen in the list of processes.
ENTRYPOINT ["sh", "-c", "export PGPASSWORD=\"$(cat /run/secrets/postgres_password)\"; exec mlflow server \"$@\"", "mlflow"]
CMD ["--host", "0.0.0.0", "--port", "5000", "--workers", "2", "--artifacts-destination", "/artifacts"]
