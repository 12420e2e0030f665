// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The field names that the gateway must understand; all others only pass through.
 *
 * <p>A head knows the {@code Field} of each of its lines from the moment it is parsed, so that no
 * later step compares names again.
 */
public enum Field {
  AUTHORIZATION("authorization"),
  CONNECTION("connection"),
  CONTENT_LENGTH("content-length"),
  EXPECT("expect"),
  FORWARDED("forwarded"),
  HOST("host"),
  KEEP_ALIVE("keep-alive"),
  PROXY_AUTHENTICATE("proxy-authenticate"),
  PROXY_AUTHORIZATION("proxy-authorization"),
  PROXY_CONNECTION("proxy-connection"),
  TE("te"),
  TRAILER("trailer"),
  TRANSFER_ENCODING("transfer-encoding"),
  UPGRADE("upgrade"),
  VIA("via"),
  X_FORWARDED_FOR("x-forwarded-for"),
  X_FORWARDED_PROTO("x-forwarded-proto"),
  X_REAL_IP("x-real-ip"),
  /** Any other name. */
  OTHER("");

  private static final int MAX_LENGTH = 19;
  private static final Field[][] BY_LENGTH = new Field[MAX_LENGTH + 1][0];

  static {
    for (Field field : values()) {
      if (field != OTHER) {
        int length = field.lower.length;
        Field[] grown = Arrays.copyOf(BY_LENGTH[length], BY_LENGTH[length].length + 1);
        grown[grown.length - 1] = field;
        BY_LENGTH[length] = grown;
      }
    }
  }

  @SuppressWarnings("ImmutableEnumChecker") // never written; compared for each line of each head
  private final byte[] lower;

  Field(String lower) {
    this.lower = lower.getBytes(StandardCharsets.US_ASCII);
  }

  /** The field whose name is {@code bytes[start, end)}, in any case. */
  static Field of(byte[] bytes, int start, int end) {
    int length = end - start;
    if (length <= MAX_LENGTH) {
      for (Field field : BY_LENGTH[length]) {
        if (field.matches(bytes, start)) {
          return field;
        }
      }
    }
    return OTHER;
  }

  private boolean matches(byte[] bytes, int start) {
    for (int i = 0; i < lower.length; i++) {
      // for letters and "-" this is lower case; no other token character becomes one of them
      if ((bytes[start + i] | 0x20) != lower[i]) {
        return false;
      }
    }
    return true;
  }
}
