// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import java.util.Locale;

/** Why a handshake failed. */
public enum HandshakeFailure {
  /** The client sends something other than TLS, mostly HTTP. */
  NOT_TLS,
  /** It speaks older versions only. */
  VERSION,
  /** It shares no cipher, group or signature algorithm with the gateway. */
  NOTHING_SHARED,
  /** It refuses the certificate. */
  CERTIFICATE_REFUSED,
  /** The peer closed the connection before the end. */
  CLOSED,
  /** It did not end in time, or the gateway had to stop. */
  TIMEOUT,
  OTHER;

  /** The name in metrics. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The failure that a message of BoringSSL or of the JDK stands for. */
  static HandshakeFailure of(Throwable cause) {
    String words = String.valueOf(cause.getMessage()).toUpperCase(Locale.ROOT).replace(' ', '_');
    if (has(words, "UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "VERSION_TOO_LOW", "WRONG_VERSION")
        || has(words, "CLIENT_REQUESTED_PROTOCOL", "NOT_ENABLED_OR_SUPPORTED")) {
      return VERSION;
    }
    if (has(words, "NO_SHARED", "NO_COMMON", "NO_CIPHER", "CIPHER_SUITES_IN_COMMON")) {
      return NOTHING_SHARED;
    }
    if (has(words, "ALERT_UNKNOWN_CA", "ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE")
        || has(words, "ALERT:_UNKNOWN_CA", "ALERT:_BAD_CERTIFICATE", "ALERT:_CERTIFICATE")) {
      return CERTIFICATE_REFUSED;
    }
    return OTHER;
  }

  private static boolean has(String words, String... some) {
    for (String each : some) {
      if (words.contains(each)) {
        return true;
      }
    }
    return false;
  }
}
