# syntax=docker/dockerfile:1
# Both services from one build. `docker build --target auth-server .` or `--target resource-api .`
#
# The final images hold one static-looking tree: a C library, certificates, one binary. There is no
# shell, the user is not root, and nothing outside /data is ever written (run with --read-only).

# The same as in rust-toolchain.toml, which stays outside: the image has this toolchain and no other.
ARG RUST_VERSION=1.95.0

FROM rust:${RUST_VERSION}-slim-bookworm AS build
WORKDIR /src
COPY . .
# The caches keep the registry and the compiled dependencies between builds; only the two binaries
# leave them. An empty /data with the right owner is made here because the final image has no shell.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --package auth-server --package resource-api \
 && install -D --target-directory=/out target/release/auth-server target/release/resource-api \
 && mkdir /out/data

FROM gcr.io/distroless/cc-debian12:nonroot AS runtime
COPY --from=build --chown=nonroot:nonroot /out/data /data
WORKDIR /data
VOLUME /data
USER nonroot
STOPSIGNAL SIGTERM
LABEL org.opencontainers.image.vendor="The Chancery contributors" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"

FROM runtime AS resource-api
LABEL org.opencontainers.image.title="Chancery jobs API" \
      org.opencontainers.image.description="An applicant tracking API that verifies tokens offline"
COPY --from=build /out/resource-api /usr/local/bin/resource-api
ENV RESOURCE_API_LISTEN=0.0.0.0:8081 \
    RESOURCE_API_DATA_DIR=/data
EXPOSE 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["/usr/local/bin/resource-api", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/resource-api"]
CMD ["serve"]

FROM runtime AS auth-server
LABEL org.opencontainers.image.title="Chancery authorization server" \
      org.opencontainers.image.description="OAuth 2 and OpenID Connect: issues signed tokens that services verify offline"
COPY --from=build /out/auth-server /usr/local/bin/auth-server
ENV AUTH_SERVER_LISTEN=0.0.0.0:8080 \
    AUTH_SERVER_DATA_DIR=/data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["/usr/local/bin/auth-server", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/auth-server"]
CMD ["serve"]
