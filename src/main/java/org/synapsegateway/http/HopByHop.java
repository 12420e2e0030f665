// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Fields that belong to one connection and are never forwarded (RFC 9110 section 7.6.1), with those
 * that a message names in its Connection field.
 */
public final class HopByHop {
  private HopByHop() {}

  /** Whether the sender keeps the connection after this message (RFC 9112 section 9.3). */
  static boolean keepAlive(Head head) {
    if (hasOption(head, "close")) {
      return false;
    }
    return head.minorVersion() > 0 || hasOption(head, "keep-alive");
  }

  /** Whether Connection names Upgrade, as it must where that counts (RFC 9110 section 7.8). */
  static boolean isUpgrade(Head head) {
    return hasOption(head, "upgrade");
  }

  /**
   * Whether a line of the head is not forwarded.
   *
   * @param nominations what {@link #nominations} gives
   */
  static boolean isHopByHop(Head head, int line, Set<String> nominations) {
    return switch (head.field(line)) {
      case CONNECTION,
          KEEP_ALIVE,
          PROXY_AUTHENTICATE,
          PROXY_AUTHORIZATION,
          PROXY_CONNECTION,
          TE,
          TRANSFER_ENCODING,
          UPGRADE ->
          true;
      // naming these in Connection must not let a client take away what frames or addresses a
      // message
      case CONTENT_LENGTH, HOST, X_FORWARDED_FOR, X_FORWARDED_PROTO -> false;
      default ->
          !nominations.isEmpty() && nominations.contains(head.name(line).toLowerCase(Locale.ROOT));
    };
  }

  /**
   * What Connection names, in lower case; empty if that is no field.
   *
   * <p>A set, because a client may name ten thousands and send a thousand lines to be looked up.
   */
  static Set<String> nominations(Head head) {
    if (!hasNominations(head)) {
      return Set.of();
    }
    Set<String> names = new HashSet<>();
    visitOptions(
        head,
        (b, start, end) -> {
          names.add(head.text(start, end).toLowerCase(Locale.ROOT));
          return false;
        });
    return names;
  }

  private static boolean hasNominations(Head head) {
    for (int line = head.find(Field.CONNECTION, 0);
        line >= 0;
        line = head.find(Field.CONNECTION, line + 1)) {
      if (!isOption(head, line, "close") && !isOption(head, line, "keep-alive")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOption(Head head, int line, String option) {
    return Octets.equalsIgnoreCase(
        head.bytes(), head.valueStart(line), head.valueEnd(line), option);
  }

  private static boolean hasOption(Head head, String option) {
    for (int line = head.find(Field.CONNECTION, 0);
        line >= 0;
        line = head.find(Field.CONNECTION, line + 1)) {
      if (isOption(head, line, option)) {
        return true;
      }
    }
    return hasNominations(head)
        && visitOptions(head, (b, start, end) -> Octets.equalsIgnoreCase(b, start, end, option));
  }

  private interface OptionTest {
    boolean matches(byte[] bytes, int start, int end);
  }

  private static boolean visitOptions(Head head, OptionTest test) {
    byte[] b = head.bytes();
    for (int line = head.find(Field.CONNECTION, 0);
        line >= 0;
        line = head.find(Field.CONNECTION, line + 1)) {
      int end = head.valueEnd(line);
      int start = head.valueStart(line);
      while (start < end) {
        int comma = start;
        while (comma < end && b[comma] != ',') {
          comma++;
        }
        int from = start;
        int to = comma;
        while (from < to && Octets.isBlank(b[from])) {
          from++;
        }
        while (to > from && Octets.isBlank(b[to - 1])) {
          to--;
        }
        if (from < to && test.matches(b, from, to)) {
          return true;
        }
        start = comma + 1;
      }
    }
    return false;
  }
}
