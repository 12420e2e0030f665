// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.handler.ssl.OpenSslPrivateKeyMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs for certificates with an RSA key of 2048 bits, in place of BoringSSL. What libcrypto does
 * not sign, Java signs, so that no handshake fails because of it. Immutable.
 */
final class RsaSigner implements OpenSslPrivateKeyMethod {
  private static final Logger LOG = LoggerFactory.getLogger(RsaSigner.class);

  /** It signs for no certificate, whatever comes: BoringSSL does. */
  static final RsaSigner NONE = new RsaSigner(Map.of());

  /** By the certificate, which is what an engine knows of its choice. */
  private final Map<X509Certificate, Pair> keys;

  /** A key in libcrypto, and the same for Java; the log has the first failure only. */
  record Pair(RsaKey fast, PrivateKey slow, AtomicBoolean hasFailed) {
    Pair(RsaKey fast, PrivateKey slow) {
      this(fast, slow, new AtomicBoolean());
    }

    byte[] sign(RsaKey.Scheme scheme, byte[] input) throws GeneralSecurityException {
      byte[] signature = inLibCrypto(scheme, input);
      if (signature != null) {
        return signature;
      }
      if (!hasFailed.getAndSet(true)) {
        LOG.warn("libcrypto does not sign ({}), so Java does, which is slower", scheme);
      }
      Signature inJava = scheme.inJava();
      inJava.initSign(slow);
      inJava.update(input);
      return inJava.sign();
    }

    /** Null if that fails; BoringSSL would send an empty signature in place of an Error. */
    private byte @Nullable [] inLibCrypto(RsaKey.Scheme scheme, byte[] input) {
      try {
        return fast.sign(scheme, input);
      } catch (LinkageError e) {
        return null;
      }
    }
  }

  RsaSigner(Map<X509Certificate, Pair> keys) {
    this.keys = keys;
  }

  /** One that has no keys yet; says in the log who signs from now on. */
  static RsaSigner by(String library, Path processor) {
    try {
      LOG.info("RSA signatures by {}", LibCrypto.load(library, processor));
      return new RsaSigner(Map.of());
    } catch (IOException e) {
      LOG.info("RSA signatures by BoringSSL: {}", e.getMessage());
      return NONE;
    }
  }

  /** One for those of these certificates whose keys libcrypto takes; keeps what it has of them. */
  RsaSigner with(List<Certificate> certificates) {
    if (this == NONE) {
      return this;
    }
    Map<X509Certificate, Pair> now = new HashMap<>();
    for (Certificate each : certificates) {
      if (pays(each)) {
        Pair pair = keys.get(each.leaf());
        RsaKey fast =
            pair == null ? RsaKey.of(each.key(), each.leaf().getPublicKey()) : pair.fast();
        if (fast == null) {
          LOG.warn("libcrypto does not take this key, so BoringSSL signs: {}", each);
        } else {
          now.put(each.leaf(), new Pair(fast, each.key()));
        }
      }
    }
    return new RsaSigner(now);
  }

  /** Whether libcrypto may be faster: OpenSSL 3.0 has fast code for this length only. */
  static boolean pays(Certificate certificate) {
    return certificate.leaf().getPublicKey() instanceof RSAKey key
        && key.getModulus().bitLength() == RsaKey.BITS;
  }

  /** Whether it signs for this one. */
  boolean signsFor(Certificate certificate) {
    return keys.containsKey(certificate.leaf());
  }

  @Override
  public byte[] sign(SSLEngine engine, int algorithm, byte[] input)
      throws GeneralSecurityException {
    Pair pair = Objects.requireNonNull(keys.get(engine.getSession().getLocalCertificates()[0]));
    return pair.sign(RsaKey.Scheme.of(algorithm), input);
  }

  @Override
  public byte[] decrypt(SSLEngine engine, byte[] input) {
    throw new UnsupportedOperationException("no cipher exchanges keys by RSA");
  }
}
