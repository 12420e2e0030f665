// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/** Settings of what outlives a generation, which a reload does not change. */
final class ProcessSettings {
  private static final Set<Setting> ALL =
      EnumSet.of(
          Setting.HOST,
          Setting.PORT,
          Setting.LISTEN,
          Setting.TLS_CERTIFICATES,
          Setting.TLS_PROFILE,
          Setting.TLS_LIBCRYPTO,
          Setting.TLS_TICKETS,
          Setting.RESOLVERS,
          Setting.EVENT_LOOPS,
          Setting.RELOAD,
          Setting.CONNECTIONS_MAX,
          Setting.REPLAY_MEMORY,
          Setting.WHOAMI_TIMEOUT,
          Setting.WHOAMI_CACHE_TTL,
          Setting.WHOAMI_NEGATIVE_CACHE_TTL,
          Setting.WHOAMI_CACHE_SIZE,
          Setting.WHOAMI_RATE_MAX,
          Setting.WHOAMI_RATE_PER_CLIENT_MAX,
          Setting.ACCESS_LOG,
          Setting.ACCESS_LOG_FILE,
          Setting.ACCESS_LOG_ROTATE,
          Setting.ACCESS_LOG_SECRET,
          Setting.MANAGEMENT_HOST,
          Setting.MANAGEMENT_PORT,
          Setting.MANAGEMENT_HOSTS,
          Setting.MANAGEMENT_CONNECTIONS_MAX,
          Setting.MANAGEMENT_TIMEOUT,
          Setting.MANAGEMENT_TOKEN_FILE,
          Setting.MANAGEMENT_TOKEN_GROUP,
          Setting.HEALTH_INTERVAL);

  private ProcessSettings() {}

  /** The keys of those that take effect at the next start. */
  static List<String> changed(Settings started, Settings now) {
    Stream<Setting> workers = // who is asked is a part of a generation, whether anybody is not
        started.text(Setting.WHOAMI_WORKERS).isEmpty() == now.text(Setting.WHOAMI_WORKERS).isEmpty()
            ? Stream.empty()
            : Stream.of(Setting.WHOAMI_WORKERS);
    return Stream.concat(ALL.stream(), workers)
        .filter(setting -> !now.text(setting).equals(started.text(setting)))
        .map(Setting::key)
        .toList();
  }
}
