// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Describes why an address cannot be listened on, and the cure. */
public final class ListenFailure {
  /** What the operating system says, and what to do about it. */
  private static final Map<String, String> MENDS =
      Map.of(
          "Address already in use",
          "another server listens there: stop it, or choose another port",
          "Permission denied",
          "a port below 1024 takes the capability CAP_NET_BIND_SERVICE: choose another port, or"
              + " give it, as AmbientCapabilities= of a systemd unit does",
          "Cannot assign requested address",
          "this machine has no such address");

  private ListenFailure() {}

  /**
   * The cause, which may be that the gateway itself listens there.
   *
   * @param same the addresses that it listens on and that overlap
   */
  public static Throwable byItself(List<String> same, Throwable cause) {
    return same.isEmpty() || !String.valueOf(cause.getMessage()).contains("already in use")
        ? cause
        : new IOException(
            "gateway.listen has %s too, which is the same; remove one ([::] takes IPv4 too, and"
                    .formatted(String.join(" and ", same))
                + " localhost is of both)",
            cause);
  }

  /**
   * The description in one line.
   *
   * @param address as it is given, host and port
   * @param keys the settings that name the address
   */
  public static String describe(String address, Throwable cause, String keys) {
    String reason = String.valueOf(cause.getMessage()).replaceFirst("^bind\\(.*?\\): ", "");
    String mend =
        MENDS.entrySet().stream()
            .filter(known -> reason.contains(known.getKey()))
            .map(known -> "; " + known.getValue())
            .findFirst()
            .orElse("");
    return "cannot listen on " + address + ": " + reason + mend + " (" + keys + ")";
  }
}
