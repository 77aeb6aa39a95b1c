# One image for the four services, and Caddy with folders of its own user. Nothing runs as root.

FROM python:3.11-slim AS packages
WORKDIR /build
RUN python -m venv /opt/anxin
COPY requirements.lock ./
RUN /opt/anxin/bin/pip install --no-cache-dir --only-binary :all: --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md ./
COPY services services
COPY devices devices
COPY notation notation
COPY rulebooks rulebooks
COPY policies policies
RUN /opt/anxin/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim AS anxin
ENV PATH=/opt/anxin/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=packages /opt/anxin /opt/anxin
# A new volume takes the owner of the folder on which it is mounted: /data is the services', the other the
# broker's, into which the first accounts are written.
RUN install -d -o 10001 -g 10001 -m 0700 /data && install -d -o 1883 -g 1883 -m 0700 /mosquitto/data
USER 10001:10001
CMD ["anxin", "--help"]

FROM caddy:2 AS caddy
RUN chown -R 10001:10001 /data /config
USER 10001:10001
