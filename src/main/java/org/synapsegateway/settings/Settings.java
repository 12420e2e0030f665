// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.settings;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/**
 * The values of all {@link Setting}s, checked once.
 *
 * <p>Durations are written with their unit ({@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h},
 * {@code 365d}), sizes too ({@code 16KiB}, {@code 50MiB}, {@code 512B}). Immutable.
 */
public final class Settings {
  /** A sync waits 20 times as long, and each request that waits is kept. */
  private static final long LONGEST_WHOAMI = 3_600_000;

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*(B|KiB|MiB|GiB)");

  /** A name has 253 characters at most (RFC 1035 section 2.3.4, without the length octets). */
  private static final Pattern HOST =
      Pattern.compile(
          "(?=.{1,253}$)(?:(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}"
              + "|\\[[0-9A-Fa-f:.]+\\]|[0-9A-Fa-f.]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*"
              + "|([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)*[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?)");

  private final Map<Setting, String> texts = new EnumMap<>(Setting.class);
  private final Map<Setting, Long> numbers = new EnumMap<>(Setting.class);
  private final List<Listener> listeners;

  /**
   * @param source the value that somebody gave for a key, if somebody did
   * @throws ConfigurationException if a value is not of its kind, or two settings contradict each
   *     other; the fault's value is the key
   */
  public Settings(Function<String, Optional<String>> source) {
    for (Setting setting : Setting.values()) {
      String text = source.apply(setting.key()).orElse(setting.defaultValue()).trim();
      check(setting, text);
      texts.put(setting, text);
      if (isNumber(setting)) {
        numbers.put(setting, number(setting, text));
      }
    }
    listeners = Listeners.of(text(Setting.LISTEN), text(Setting.HOST), count(Setting.PORT));
  }

  /** The defaults. */
  public static Settings defaults() {
    return new Settings(key -> Optional.empty());
  }

  /**
   * Checks whether a text is a value of a setting.
   *
   * @throws ConfigurationException if it is not of its kind; the fault's value is the key
   */
  public static void check(Setting setting, String text) {
    try {
      read(setting, text.trim());
    } catch (IllegalArgumentException e) {
      throw ConfigurationException.of(
          Fault.of(Code.BAD_SETTING, setting.key(), String.valueOf(e.getMessage())), e);
    }
  }

  private static void read(Setting setting, String value) {
    switch (setting.kind()) {
      case TEXT -> {}
      case CHOICE ->
          demand(
              setting.choices().contains(value),
              setting,
              value,
              "one of " + String.join(", ", setting.choices()));
      case HOST ->
          demand(
              isHost(value),
              setting,
              value,
              "an address or a name, for example 127.0.0.1, [::1] or localhost");
      case LISTENERS -> Listeners.parse(value);
      case THRESHOLD ->
          demand(
              value.equals("auto") || value.equals("off") || SIZE.matcher(value).matches(),
              setting,
              value,
              "auto, off, or a size with its unit, for example 4KiB");
      case PATH -> demand(value.startsWith("/"), setting, value, "a path that begins with /");
      default -> number(setting, value);
    }
  }

  /** Whether a text is an address or a name. */
  static boolean isHost(String text) {
    return HOST.matcher(text).matches();
  }

  /** A host as in a URL: an IPv6 address is in brackets. */
  public static String inUrl(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private static void demand(boolean fulfilled, Setting setting, String text, String wanted) {
    if (!fulfilled) {
      throw bad(setting, text, wanted, null);
    }
  }

  private static boolean isNumber(Setting setting) {
    return switch (setting.kind()) {
      case TEXT, CHOICE, HOST, LISTENERS, THRESHOLD, PATH -> false;
      case PORT, COUNT, SIZE, LENGTH, DURATION -> true;
    };
  }

  /** Where to listen, in the order in which it is written; at least one. */
  public List<Listener> listeners() {
    return listeners;
  }

  /** A value as it is written. */
  public String text(Setting setting) {
    return Objects.requireNonNull(texts.get(setting));
  }

  /** A count or a port. */
  public int count(Setting setting) {
    return (int) number(setting, Setting.Kind.COUNT, Setting.Kind.PORT);
  }

  /** How many gateways there are before the same workers, at least this one. */
  public int replicas() {
    return Math.max(1, count(Setting.REPLICAS));
  }

  /** This gateway's part of what all may have together; at least 1, and 0 if that is 0. */
  public static int part(int ofAll, int replicas) {
    return (int) (((long) ofAll + replicas - 1) / replicas);
  }

  /** A size in bytes, of what is kept in memory: less than 1 GiB. */
  public int bytes(Setting setting) {
    return (int) number(setting, Setting.Kind.SIZE, Setting.Kind.SIZE);
  }

  /** A size in bytes, of what only passes by. */
  public long length(Setting setting) {
    return number(setting, Setting.Kind.LENGTH, Setting.Kind.LENGTH);
  }

  /** A duration in milliseconds. */
  public long millis(Setting setting) {
    return number(setting, Setting.Kind.DURATION, Setting.Kind.DURATION);
  }

  private long number(Setting setting, Setting.Kind one, Setting.Kind other) {
    if (setting.kind() != one && setting.kind() != other) {
      throw new IllegalArgumentException(setting.key() + " is not a " + one);
    }
    return Objects.requireNonNull(numbers.get(setting));
  }

  private static long number(Setting setting, String text) {
    return switch (setting.kind()) {
      case PORT -> count(setting, text, 0, 65_535);
      case COUNT -> count(setting, text, least(setting), Integer.MAX_VALUE);
      case SIZE -> size(setting, text);
      case LENGTH -> size(setting.key(), text);
      case DURATION -> duration(setting, text);
      case TEXT, CHOICE, HOST, LISTENERS, THRESHOLD, PATH ->
          throw new IllegalArgumentException(setting.key());
    };
  }

  private static long count(Setting setting, String text, long least, long most) {
    String wanted = "a number from " + least + " to " + most;
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw bad(setting, text, wanted, e);
    }
    throw bad(setting, text, wanted, null);
  }

  /** Without threads or connections some things do not work at all. */
  private static long least(Setting setting) {
    return switch (setting) {
      case STEP_THREADS_MAX, MANAGEMENT_CONNECTIONS_MAX -> 1;
      default -> 0;
    };
  }

  private static long size(Setting setting, String text) {
    long value = size(setting.key(), text);
    if (value > Integer.MAX_VALUE / 2) {
      throw bad(setting, text, "less than 1GiB", null);
    }
    return value;
  }

  /** Bytes of a size that is written as settings are. */
  public static long size(String name, String text) {
    Matcher matcher = SIZE.matcher(text.trim());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          name
              + " = \""
              + text
              + "\": write a size with its unit, for example 512B, 16KiB or 50MiB");
    }
    long unit =
        switch (matcher.group(2)) {
          case "B" -> 1L;
          case "KiB" -> 1L << 10;
          case "MiB" -> 1L << 20;
          default -> 1L << 30;
        };
    return Long.parseLong(matcher.group(1)) * unit;
  }

  /** Milliseconds of a duration that is written as settings are. */
  public static long duration(String name, String text) {
    Matcher matcher = DURATION.matcher(text.trim().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          name
              + " = \""
              + text
              + "\": write a duration with its unit, for example 500ms, 30s or 5m");
    }
    long unit =
        switch (matcher.group(2)) {
          case "ms" -> 1L;
          case "s" -> 1_000L;
          case "m" -> 60_000L;
          case "h" -> 3_600_000L;
          default -> 86_400_000L;
        };
    return Long.parseLong(matcher.group(1)) * unit;
  }

  /** Refuses a timeout of 0, which some would take for none. */
  private static long duration(Setting setting, String text) {
    long millis = duration(setting.key(), text);
    if (millis == 0 && setting.key().endsWith("timeout")) {
      throw bad(
          setting, text, "more than 0, and a long one for a timeout that never is over", null);
    }
    if (setting == Setting.WHOAMI_TIMEOUT && millis > LONGEST_WHOAMI) {
      throw bad(setting, text, "at most 1h", null);
    }
    return millis;
  }

  private static IllegalArgumentException bad(
      Setting setting, String text, String wanted, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        setting.key() + " = \"" + text + "\": write " + wanted, cause);
  }
}
