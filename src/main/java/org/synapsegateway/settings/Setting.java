// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.settings;

import java.util.List;

/**
 * Every key under {@code gateway.} and {@code management.} in config/application.properties: its
 * default and what it is for.
 *
 * <p>This is the only list; a test compares docs/reference/settings.md and the shipped properties
 * with it.
 */
// the list of choices is one that cannot be changed
@SuppressWarnings("ImmutableEnumChecker")
public enum Setting {
  HOST("gateway.host", "127.0.0.1", Kind.HOST, "address to listen on"),
  PORT("gateway.port", "8008", Kind.PORT, "port to listen on"),
  LISTEN(
      "gateway.listen",
      "http://127.0.0.1:8008",
      Kind.LISTENERS,
      "all listeners, docs/listeners.md; by default one, on gateway.host and gateway.port"),
  HSTS(
      "gateway.hsts",
      "365d",
      Kind.DURATION,
      "how long browsers must use https only; sent on https except on port 8448; 0s: no header"
          + " is sent"),
  ACME_WEBROOT(
      "gateway.acme-webroot",
      "",
      Kind.TEXT,
      "directory whose .well-known/acme-challenge/ is served to plain http, for certbot --webroot"
          + " -w; empty: none"),
  GZIP(
      "gateway.gzip",
      "auto",
      Kind.THRESHOLD,
      "JSON replies from this size are compressed for clients that accept gzip; auto: 4KiB on"
          + " https, off elsewhere, where a front compresses; off: none"),
  WELL_KNOWN_CLIENT(
      "gateway.well-known.client",
      "",
      Kind.TEXT,
      "JSON of /.well-known/matrix/client; empty: Synapse's main process is asked"),
  WELL_KNOWN_SERVER(
      "gateway.well-known.server",
      "",
      Kind.TEXT,
      "JSON of /.well-known/matrix/server; empty: Synapse's main process is asked"),
  WELL_KNOWN_SUPPORT(
      "gateway.well-known.support",
      "",
      Kind.TEXT,
      "JSON of /.well-known/matrix/support; empty: Synapse's main process is asked"),
  EVENT_LOOPS("gateway.event-loops", "0", Kind.COUNT, "event loops; 0 for one a processor"),
  WORKERS_DIRECTORY(
      "gateway.workers.directory",
      "/run/matrix-synapse",
      Kind.PATH,
      "where the workers' sockets are; the shipped routes use it"),
  RESOLVERS(
      "gateway.resolvers",
      "",
      Kind.TEXT,
      "DNS servers for the hosts of worker:tcp:, as 10.96.0.10 or [::1]:5353; empty: those of"
          + " /etc/resolv.conf"),
  TRUSTED_PROXIES(
      "gateway.trusted-proxies",
      "127.0.0.0/8 ::1 unix:",
      Kind.TEXT,
      "peers whose X-Forwarded-For and X-Forwarded-Proto are trusted"),
  PRIVATE_CLIENTS(
      "gateway.private-clients",
      "127.0.0.0/8 ::1 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7",
      Kind.TEXT,
      "clients that may use the admin API and the like"),
  TLS_CERTIFICATES(
      "gateway.tls.certificates",
      "",
      Kind.TEXT,
      "certificates of https listeners, the first is the default: directories, pairs"
          + " CERT.pem,KEY.pem, or files that have both; docs/tls.md"),
  TLS_PROFILE(
      "gateway.tls.profile",
      "intermediate",
      "versions and ciphers by Mozilla's guidelines, modern is TLS 1.3 only",
      "intermediate",
      "modern"),
  TLS_LIBCRYPTO(
      "gateway.tls.libcrypto",
      "on",
      "whether the machine's OpenSSL signs for RSA certificates where it is faster than BoringSSL",
      "on",
      "off"),
  HTTP2(
      "gateway.http2",
      "on",
      "whether https listeners offer HTTP/2; a listener with the property h2 always does",
      "on",
      "off"),
  HTTP2_STREAMS_MAX(
      "gateway.http2-streams-max",
      "128",
      Kind.COUNT,
      "requests that one HTTP/2 connection may have under way at once"),
  TLS_TICKETS(
      "gateway.tls.tickets",
      "",
      Kind.TEXT,
      "file of the keys of session tickets, made if there is none; empty: tickets in the service's"
          + " StateDirectory= if it has one, else keys that end with the process"),
  REQUEST_LINE_MAX(
      "gateway.request-line-max", "16KiB", Kind.SIZE, "longest request line; longer ones get 414"),
  FIELDS_MAX("gateway.fields-max", "64KiB", Kind.SIZE, "all fields of a request; more get 431"),
  CLIENT_HEAD_TIMEOUT(
      "gateway.client-head-timeout",
      "60s",
      Kind.DURATION,
      "timeout for a whole request head, from its first byte; then 408"),
  CLIENT_IDLE_TIMEOUT(
      "gateway.client-idle-timeout",
      "75s",
      Kind.DURATION,
      "timeout for the next request on an open connection; then it is closed"),
  CLIENT_BODY_TIMEOUT(
      "gateway.client-body-timeout",
      "60s",
      Kind.DURATION,
      "timeout between two reads of a request body; then 408"),
  CLIENT_SEND_TIMEOUT(
      "gateway.client-send-timeout",
      "60s",
      Kind.DURATION,
      "timeout for a client to take more of a reply; then its connection is closed"),
  CONNECTIONS_MAX(
      "gateway.connections-max",
      "0",
      Kind.COUNT,
      "connections of clients; 0 for what descriptors and memory allow; beyond it 503"),
  CONNECTIONS_PER_CLIENT_MAX(
      "gateway.connections-per-client-max",
      "2000",
      Kind.COUNT,
      "connections from one address that is no trusted proxy; 0 for no limit; beyond it 429"),
  STOP_DELAY(
      "gateway.stop-delay",
      "0s",
      Kind.DURATION,
      "time for load balancers to see that the gateway is not ready, before a stop; it serves"
          + " meanwhile"),
  REPLICAS(
      "gateway.replicas",
      "1",
      Kind.COUNT,
      "gateways before the same workers; each has its part, rounded up, of maxInFlight, queue and"
          + " gateway.connections-per-client-max"),
  REQUESTS_MAX(
      "gateway.requests-max",
      "0",
      Kind.COUNT,
      "requests in flight, long polls included; 0 for as many as connections; beyond it 503"),
  PIPELINE_MAX(
      "gateway.pipeline-max",
      "16KiB",
      Kind.SIZE,
      "bytes of pipelined requests kept for a connection; more are read after the next reply"),
  REPLAY_MAX(
      "gateway.replay-max",
      "64KiB",
      Kind.SIZE,
      "largest body that is kept for a second worker; replayMax= of a worker's URI takes precedence; 0B for none"),
  REPLAY_MEMORY(
      "gateway.replay-memory",
      "0B",
      Kind.SIZE,
      "memory for all such bodies; bodies beyond it are sent once; 0B for an eighth of the heap"),
  STEP_THREADS_MAX(
      "gateway.step-threads-max",
      "64",
      Kind.COUNT,
      "threads for steps that block, for instance http: or circuitBreaker, beside the event loops"),
  STEP_QUEUE_MAX(
      "gateway.step-queue-max",
      "1000",
      Kind.COUNT,
      "requests that wait for such a thread; more get 503"),
  WORKER_KEEPALIVE(
      "gateway.worker.keepalive",
      "10",
      Kind.COUNT,
      "idle connections kept for each worker and event loop; others close after 10 s without use"),
  WORKER_IDLE_TIMEOUT(
      "gateway.worker.idle-timeout",
      "50s",
      Kind.DURATION,
      "how long a connection is kept idle; Synapse closes its own after 60 s"),
  WORKER_CONNECT_TIMEOUT(
      "gateway.worker.connect-timeout",
      "5s",
      Kind.DURATION,
      "timeout for a worker whose backlog is full to accept; then the next worker, or 503"),
  WORKER_TCP_CONNECT_TIMEOUT(
      "gateway.worker.tcp-connect-timeout",
      "1s",
      Kind.DURATION,
      "timeout for the host of a worker:tcp: to answer; then the next worker, or 502"),
  WORKER_REPLY_TIMEOUT(
      "gateway.worker.reply-timeout",
      "180s",
      Kind.DURATION,
      "timeout from the request to the reply's head, for long polls on top of their timeout=; then 504"),
  WORKER_POLL_MAX(
      "gateway.worker.poll-max",
      "5m",
      Kind.DURATION,
      "max that the timeout= of a long poll counts for"),
  WORKER_READ_TIMEOUT(
      "gateway.worker.read-timeout",
      "60s",
      Kind.DURATION,
      "timeout between two reads of a reply's body; then the client's connection is closed"),
  WORKER_SEND_TIMEOUT(
      "gateway.worker.send-timeout",
      "60s",
      Kind.DURATION,
      "timeout for a worker to take more of a request; then 504"),
  WORKER_BODY_MAX(
      "gateway.worker.body-max",
      "1GiB",
      Kind.LENGTH,
      "largest request body; bodyMax= of a worker's URI takes precedence; larger ones get 413"),
  WHOAMI_WORKERS(
      "gateway.whoami.workers",
      "inbound_main.sock",
      Kind.TEXT,
      "workers that are asked whose token it is: sockets in the workers' directory, tried in"
          + " order, or a group, for example direct:client-reader; empty: none"),
  WHOAMI_TIMEOUT(
      "gateway.whoami.timeout",
      "250ms",
      Kind.DURATION,
      "how long a request waits for the answer, a long-polling sync 20 times as long; then its"
          + " key is the token's hash"),
  WHOAMI_CACHE_TTL(
      "gateway.whoami.cache-ttl", "24h", Kind.DURATION, "how long the user of a token is kept"),
  WHOAMI_NEGATIVE_CACHE_TTL(
      "gateway.whoami.negative-cache-ttl",
      "30s",
      Kind.DURATION,
      "how long a missing answer is kept"),
  WHOAMI_CACHE_SIZE("gateway.whoami.cache-size", "100000", Kind.COUNT, "tokens whose user is kept"),
  WHOAMI_RATE_MAX(
      "gateway.whoami.rate-max",
      "500",
      Kind.COUNT,
      "questions a second, in bursts ten times as many; 0 for no limit; beyond it the key is"
          + " the token's hash"),
  WHOAMI_RATE_PER_CLIENT_MAX(
      "gateway.whoami.rate-per-client-max",
      "20",
      Kind.COUNT,
      "the same limit for one address or IPv6 /64, for questions that find no user"),
  REQUEST_ID_FIELD(
      "gateway.request-id-field",
      "",
      Kind.TEXT,
      "field that carries a request's id to the worker, for example X-Request-Id; empty: none"),
  ACCESS_LOG("gateway.access-log", "off", "format of the access log", "off", "combined", "json"),
  ACCESS_LOG_FILE(
      "gateway.access-log.file", "", Kind.TEXT, "file of the access log; empty: standard output"),
  ACCESS_LOG_ROTATE(
      "gateway.access-log.rotate",
      "on",
      "whether the gateway begins a new file each day and at 100 MB, and keeps 14 days; off:"
          + " logrotate does, and sends SIGUSR1",
      "on",
      "off"),
  ACCESS_LOG_SECRET(
      "gateway.access-log.secret",
      "",
      Kind.TEXT,
      "key of the token hashes in the access log; empty: random at each start"),
  RELOAD(
      "gateway.reload",
      "off",
      "whether a changed file in routes/ or config/ takes effect without a restart",
      "off",
      "on"),
  CAMEL_METERS("gateway.camel-meters", "off", "whether Camel measures each route too", "off", "on"),
  MANAGEMENT_HOST("management.host", "127.0.0.1", Kind.HOST, "address of the management port"),
  MANAGEMENT_PORT("management.port", "9464", Kind.PORT, "port for metrics, health and status"),
  MANAGEMENT_HOSTS(
      "management.hosts",
      "",
      Kind.TEXT,
      "names that clients of the management port may call it by, beside localhost and its address"),
  MANAGEMENT_CONNECTIONS_MAX(
      "management.connections-max",
      "100",
      Kind.COUNT,
      "connections to the management port; a further one replaces one that is idle"),
  MANAGEMENT_TIMEOUT(
      "management.timeout",
      "10s",
      Kind.DURATION,
      "timeout for a whole request to the management port, and for its reply to be taken"),
  MANAGEMENT_TOKEN_FILE(
      "management.token-file",
      "state/management.token",
      Kind.TEXT,
      "file of the token that drain, undrain, reload and upgrade need; made at the start if it is"
          + " missing; empty: they are refused"),
  MANAGEMENT_TOKEN_GROUP(
      "management.token-group",
      "",
      Kind.TEXT,
      "group that may read that file too; empty: the gateway's user only"),
  HEALTH_INTERVAL(
      "management.health-interval",
      "0s",
      Kind.DURATION,
      "how often each worker is asked for Synapse's /health; 0s: only whether its socket accepts");

  enum Kind {
    TEXT,
    /** One of a few words. */
    CHOICE,
    HOST,
    /** A list of addresses to listen on. */
    LISTENERS,
    PATH,
    PORT,
    COUNT,
    SIZE,
    /** A size from which on something is done, or auto, or off. */
    THRESHOLD,
    /** A size that may be larger than memory. */
    LENGTH,
    DURATION
  }

  private final String key;
  private final String defaultValue;
  private final Kind kind;
  private final String purpose;
  private final List<String> choices;

  Setting(String key, String defaultValue, Kind kind, String purpose) {
    this(key, defaultValue, kind, purpose, List.of());
  }

  Setting(String key, String defaultValue, String purpose, String... choices) {
    this(
        key,
        defaultValue,
        Kind.CHOICE,
        purpose + ": " + String.join(", ", choices),
        List.of(choices));
  }

  Setting(String key, String defaultValue, Kind kind, String purpose, List<String> choices) {
    this.key = key;
    this.defaultValue = defaultValue;
    this.kind = kind;
    this.purpose = purpose;
    this.choices = choices;
  }

  /** Whether its value must not be shown. */
  public boolean isSecret() {
    return this == ACCESS_LOG_SECRET;
  }

  /** The key in config/application.properties. */
  public String key() {
    return key;
  }

  /** The value if none is given. */
  public String defaultValue() {
    return defaultValue;
  }

  /** One line that says what it is for. */
  public String purpose() {
    return purpose;
  }

  Kind kind() {
    return kind;
  }

  /** The words that the value may be, if it is one of a few. */
  List<String> choices() {
    return choices;
  }
}
