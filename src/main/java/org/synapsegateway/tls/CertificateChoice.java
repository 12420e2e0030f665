// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import io.netty.util.NetUtil;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the certificate of a handshake: by the name that the client asks for (SNI), exact before
 * wildcard; by the local address if it asks for none; else the first. Of two for the same name,
 * clients that accept EC keys get the one with an EC key, and the others get the one with an RSA
 * key.
 *
 * <p>Immutable; an alias is the number of a certificate.
 */
final class CertificateChoice extends X509ExtendedKeyManager {
  private static final String EC = "EC";
  private static final String RSA = "RSA";

  private final List<Certificate> certificates;
  private final Map<String, Pair> byName = new HashMap<>();
  private final Pair first;
  private final boolean hasAddresses;
  private final RsaSigner signer;

  /** The certificates of one name, at most one for each kind of key; each may be null. */
  private static final class Pair {
    private @Nullable String ec;
    private @Nullable String rsa;

    /** The first one of a kind counts. */
    void add(String keyType, String alias) {
      if (keyType.equals(EC)) {
        ec = ec == null ? alias : ec;
      } else {
        rsa = rsa == null ? alias : rsa;
      }
    }
  }

  /**
   * A choice of these.
   *
   * @param signer whose keys engines do not get
   */
  CertificateChoice(List<Certificate> certificates, RsaSigner signer) {
    this.certificates = List.copyOf(certificates);
    this.signer = signer;
    for (int i = 0; i < certificates.size(); i++) {
      Certificate certificate = certificates.get(i);
      for (String name : certificate.names()) {
        byName
            .computeIfAbsent(name, any -> new Pair())
            .add(certificate.keyType(), String.valueOf(i));
      }
    }
    first =
        certificates.get(0).names().isEmpty()
            ? unnamed()
            : Objects.requireNonNull(byName.get(certificates.get(0).name()));
    hasAddresses = byName.keySet().stream().anyMatch(CertificateChoice::isAddress);
  }

  private Pair unnamed() {
    Pair pair = new Pair();
    pair.add(certificates.get(0).keyType(), "0");
    return pair;
  }

  private static boolean isAddress(String name) {
    return NetUtil.createInetAddressFromIpAddressString(name) != null;
  }

  /** Whether a certificate has an address as its name, so that the local address matters. */
  boolean hasAddresses() {
    return hasAddresses;
  }

  /**
   * Those for a host.
   *
   * @param asked null if the client has not said
   * @param local the local address; null if it does not matter
   */
  private Pair pair(@Nullable String asked, @Nullable String local) {
    Pair found = null;
    if (asked != null) {
      found = byName.get(asked);
      found = found == null ? byName.get(Certificate.wildcard(asked)) : found;
    } else if (local != null) {
      found = byName.get(local);
    }
    return found == null ? first : found;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal[] issuers, SSLEngine engine) {
    String asked = asked(engine);
    Pair pair = pair(asked, engine.getPeerHost());
    String rsa = pair.rsa == null ? rsaOfWildcard(asked) : pair.rsa;
    if (rsa == null) {
      return keyType.equals(EC) ? pair.ec : null;
    }
    return switch (keyType) {
      case EC -> !asksForAll(engine) || takesEcdsa(engine) ? pair.ec : null;
      case RSA -> pair.rsa != null || !takesEcdsa(engine) ? rsa : null;
      default -> null;
    };
  }

  /** For a client that cannot use the EC certificate of the exact name. */
  private @Nullable String rsaOfWildcard(@Nullable String asked) {
    Pair found = asked == null ? null : byName.get(Certificate.wildcard(asked));
    return found == null ? null : found.rsa;
  }

  /**
   * Whether the engine asks for each kind of key that the gateway has a cipher for. The JDK's asks
   * only for those that the client accepts.
   */
  private static boolean asksForAll(SSLEngine engine) {
    return engine instanceof ReferenceCountedOpenSslEngine;
  }

  private static boolean takesEcdsa(SSLEngine engine) {
    return engine instanceof ReferenceCountedOpenSslEngine open
        ? hasAny(SSL.getSigAlgs(open.sslPointer()), name -> name.startsWith("ecdsa_"))
        : hasAny(
            session(engine).getPeerSupportedSignatureAlgorithms(),
            name -> name.endsWith("withECDSA"));
  }

  private static boolean hasAny(String @Nullable [] names, Predicate<String> test) {
    return names != null && Stream.of(names).anyMatch(test);
  }

  /** The name that the client asks for, as names are written here; null if it asks for none. */
  private static @Nullable String asked(SSLEngine engine) {
    String name = sent(engine);
    return name == null || name.isEmpty() ? null : host(name.toLowerCase(Locale.ROOT));
  }

  private static @Nullable String sent(SSLEngine engine) {
    if (engine instanceof ReferenceCountedOpenSslEngine open) {
      // its session throws if Java takes the name for no host name
      return SSL.getSniHostname(open.sslPointer());
    }
    for (SNIServerName name : session(engine).getRequestedServerNames()) {
      if (name.getType() == StandardConstants.SNI_HOST_NAME) {
        return new String(name.getEncoded(), StandardCharsets.ISO_8859_1);
      }
    }
    return null;
  }

  private static ExtendedSSLSession session(SSLEngine engine) {
    return (ExtendedSSLSession) engine.getHandshakeSession();
  }

  /**
   * Without a port and without the dot of the root, which some clients send although they must not.
   */
  private static String host(String name) {
    int colon = name.lastIndexOf(':');
    String host = colon < 0 || name.startsWith("[") ? name : name.substring(0, colon);
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return certificates.get(Integer.parseInt(alias)).chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Certificate chosen = certificates.get(Integer.parseInt(alias));
    return signer.signsFor(chosen) ? null : chosen.key();
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    throw new UnsupportedOperationException("engines choose by chooseEngineServerAlias");
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    throw new UnsupportedOperationException("engines choose by chooseEngineServerAlias");
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    throw new UnsupportedOperationException("this is a server");
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    throw new UnsupportedOperationException("this is a server");
  }
}
