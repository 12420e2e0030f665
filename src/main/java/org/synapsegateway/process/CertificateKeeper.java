// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import io.micrometer.core.instrument.MultiGauge;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.tls.Certificate;
import org.synapsegateway.tls.Tls;
import org.synapsegateway.tls.TlsFault;
import org.synapsegateway.tls.TlsProfile;

/**
 * Reads certificates again when their files have changed, and shows when they expire.
 *
 * <p>The files are checked even with {@code gateway.reload=off}, because certificates are renewed
 * without a reload. Confined to one thread at a time.
 */
final class CertificateKeeper {
  /** The name of the keys of tickets among what one process hands to the next. */
  private static final String TICKETS = "tickets";

  private final Tls tls;
  private final FileWatch watch;
  private final boolean signsFaster;

  private CertificateKeeper(Tls tls, Map<Path, Object> loaded, boolean signsFaster) {
    this.tls = tls;
    this.signsFaster = signsFaster;
    this.watch = new FileWatch(() -> ConfigFiles.look(tls.files()), loaded);
  }

  /**
   * Reads the certificates that the settings name.
   *
   * @param before what the process before has handed over
   * @throws ConfigurationException if they cannot be used; says why
   */
  static CertificateKeeper of(Settings settings, Predecessor before) {
    String files = settings.text(Setting.TLS_CERTIFICATES);
    try {
      Map<Path, Object> loaded = ConfigFiles.look(Tls.files(files)); // before they are read
      Tls tls =
          Tls.of(
              files,
              TlsProfile.of(settings.text(Setting.TLS_PROFILE)),
              tickets(settings.text(Setting.TLS_TICKETS), System.getenv()),
              before.part(TICKETS));
      return new CertificateKeeper(tls, loaded, settings.text(Setting.TLS_LIBCRYPTO).equals("on"));
    } catch (TlsFault e) {
      throw e.asConfiguration();
    }
  }

  /** Systemd gives a service a directory that outlives it, with StateDirectory= (systemd.exec). */
  static @Nullable Path tickets(String setting, Map<String, String> environment) {
    if (!setting.isEmpty()) {
      return Path.of(setting);
    }
    String state = environment.get("STATE_DIRECTORY");
    return state == null || state.isEmpty()
        ? null
        : Path.of(state.replaceFirst(":.*", ""), "tickets");
  }

  /** The TLS that serves them. */
  Tls tls() {
    return tls;
  }

  /** Looks at the files, now and then. */
  void look() {
    if (watch.changed()) {
      tls.reload();
    }
    tls.lookAtTickets();
    if (signsFaster) {
      tls.signFaster();
    }
  }

  /** Registers the meters of expiry, read at each scrape. */
  void show(Meters meters) {
    MultiGauge expires = meters.rows(Meter.CERTIFICATE_EXPIRES);
    meters.beforeReading(() -> expires.register(rows(Instant.now()), true));
    meters.gauge(Meter.CERTIFICATES_REFUSED, tls::refused);
  }

  private List<MultiGauge.Row<?>> rows(Instant now) {
    Map<String, Certificate> byFile = new LinkedHashMap<>();
    tls.certificates().forEach(certificate -> byFile.put(certificate.file(), certificate));
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    byFile.forEach(
        (file, certificate) ->
            rows.add(
                MultiGauge.Row.of(
                    Meters.tags(Meter.CERTIFICATE_EXPIRES, certificate.name(), file),
                    Duration.between(now, certificate.expires()).toSeconds())));
    return rows;
  }

  /** What the next process is to begin with: the keys of tickets that are in memory only. */
  Map<String, byte[]> parts() {
    byte[] keys = tls.ticketKeys();
    return keys == null ? Map.of() : Map.of(TICKETS, keys);
  }

  void close() {
    tls.close();
  }
}
