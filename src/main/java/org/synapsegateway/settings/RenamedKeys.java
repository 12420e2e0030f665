// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.settings;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The keys that had another name in an earlier version, and what they are called now. */
public final class RenamedKeys {
  private static final Map<String, Setting> NEW =
      Map.ofEntries(
          Map.entry("camel.main.routesReloadEnabled", Setting.RELOAD),
          Map.entry("gateway.whoami.worker", Setting.WHOAMI_WORKERS),
          Map.entry("gateway.whoami.patience", Setting.WHOAMI_TIMEOUT),
          Map.entry("gateway.whoami.keep", Setting.WHOAMI_CACHE_TTL),
          Map.entry("gateway.whoami.keep-unknown", Setting.WHOAMI_NEGATIVE_CACHE_TTL),
          Map.entry("gateway.whoami.tokens", Setting.WHOAMI_CACHE_SIZE));

  private static final Map<String, Setting> BY_LETTERS =
      NEW.entrySet().stream()
          .collect(Collectors.toMap(renamed -> letters(renamed.getKey()), Map.Entry::getValue));

  private RenamedKeys() {}

  /** All former names. */
  public static Set<String> all() {
    return NEW.keySet();
  }

  /** The sentence that tells a key's new name; nothing if it was not renamed. */
  public static Optional<String> hint(String key) {
    return Optional.ofNullable(BY_LETTERS.get(letters(key)))
        .map(setting -> key + " is now called " + setting.key());
  }

  /**
   * The letters of a key: Camel takes its own keys with capitals, dashes, dots, or none of them,
   * and the environment has dots for all.
   */
  private static String letters(String key) {
    return key.replace(".", "").replace("-", "").toLowerCase(Locale.ROOT);
  }
}
