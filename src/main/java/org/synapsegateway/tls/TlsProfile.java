// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import java.util.List;
import java.util.Locale;

/**
 * The versions and ciphers that are spoken: a profile of Mozilla's guidelines (version 5.8), so
 * that an admin need not know cipher strings.
 */
// the list of protocols is one that cannot be changed
@SuppressWarnings("ImmutableEnumChecker")
public enum TlsProfile {
  /** All clients of the last ten years: TLS 1.2 with forward secrecy, and TLS 1.3. */
  INTERMEDIATE("TLSv1.3", "TLSv1.2"),
  /** TLS 1.3 only. */
  MODERN("TLSv1.3");

  /** The one with ML-KEM protects recorded traffic from a future quantum computer. */
  static final List<String> GROUPS = List.of("X25519MLKEM768", "X25519", "secp256r1", "secp384r1");

  static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final List<String> protocols;

  TlsProfile(String... protocols) {
    this.protocols = List.of(protocols);
  }

  /** The profile of this name, in small letters. */
  public static TlsProfile of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  List<String> protocols() {
    return protocols;
  }
}
