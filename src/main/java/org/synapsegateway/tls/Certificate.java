// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.util.NetUtil;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate with its chain and the key that fits it.
 *
 * @param files where it was read
 * @param chain as the file has it; the server's certificate is the first
 * @param names what it is for: names in small letters, {@code *.} in front of one, and addresses
 */
public record Certificate(
    CertificateFiles files, List<X509Certificate> chain, PrivateKey key, List<String> names) {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final Pattern COMMON_NAME = Pattern.compile("CN=([^,+]+)");

  /**
   * Reads both files.
   *
   * @throws TlsFault if one cannot be read, or the key does not fit
   */
  static Certificate read(CertificateFiles files) throws TlsFault {
    List<Pem.Block> blocks = Pem.read(files.certificate());
    List<X509Certificate> chain = chain(files.certificate(), blocks);
    List<Pem.Block> keys = files.key().equals(files.certificate()) ? blocks : Pem.read(files.key());
    for (int i = 1; i < chain.size() && !PrivateKeys.fit(keys, chain.get(0).getPublicKey()); i++) {
      if (PrivateKeys.fit(keys, chain.get(i).getPublicKey())) {
        throw new TlsFault(
            files.certificate(),
            "the key fits certificate %d of the file; put that first, and after each its issuer"
                .formatted(i + 1));
      }
    }
    PrivateKey key = PrivateKeys.read(files.key(), keys, chain.get(0).getPublicKey());
    return new Certificate(files, chain, key, names(chain.get(0)));
  }

  private static List<X509Certificate> chain(Path file, List<Pem.Block> blocks) throws TlsFault {
    List<X509Certificate> chain = new ArrayList<>();
    for (Pem.Block block : blocks) {
      if (block.isCertificate()) {
        chain.add(x509(file, block));
      }
    }
    if (chain.isEmpty()) {
      throw new TlsFault(
          file, "the file has no certificate; it must have a block -----BEGIN CERTIFICATE-----");
    }
    return chain;
  }

  private static X509Certificate x509(Path file, Pem.Block block) throws TlsFault {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.der()));
    } catch (GeneralSecurityException e) {
      throw new TlsFault(file, "a certificate of the file cannot be read; copy the file again");
    }
  }

  /** The subject's alternative names; without any, the common name, which few clients look at. */
  private static List<String> names(X509Certificate certificate) {
    List<String> names = alternativeNames(certificate);
    if (names.isEmpty()) {
      Matcher common = COMMON_NAME.matcher(certificate.getSubjectX500Principal().getName());
      if (common.find()) {
        names.add(common.group(1).toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  static List<String> alternativeNames(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      for (List<?> name : all == null ? List.<List<?>>of() : all) {
        int kind = (Integer) name.get(0);
        if (kind == DNS_NAME) {
          names.add(name.get(1).toString().toLowerCase(Locale.ROOT));
        } else if (kind == IP_ADDRESS) {
          names.add(address(name.get(1).toString()));
        }
      }
    } catch (GeneralSecurityException e) {
      return names; // those that can be read
    }
    return names;
  }

  /** In the form that {@link NetUtil} writes. */
  private static String address(String text) {
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(text);
    return address == null ? text : NetUtil.toAddressString(address);
  }

  /** Whether it is for this host: a name, or an address. */
  public boolean covers(String host) {
    return names.contains(host) || names.contains(wildcard(host));
  }

  /** The name with which a certificate covers all that differ in the first label. */
  static String wildcard(String host) {
    int dot = host.indexOf('.');
    return dot > 0 ? "*" + host.substring(dot) : host;
  }

  /** The first of its names. */
  public String name() {
    return names.isEmpty() ? "no name" : names.get(0);
  }

  /** {@code EC} or {@code RSA}. */
  public String keyType() {
    return leaf().getPublicKey().getAlgorithm();
  }

  /** Whether only one of its two files is there, so that it has not been removed on purpose. */
  boolean isHalfThere() {
    return Files.exists(files.certificate()) != Files.exists(files.key());
  }

  /** Whether both serve the same. */
  boolean isSame(Certificate other) {
    return files.equals(other.files) && chain.equals(other.chain);
  }

  X509Certificate leaf() {
    return chain.get(0);
  }

  /** The file of the certificate. */
  public String file() {
    return files.certificate().toString();
  }

  /** The moment after which no client accepts it. */
  public Instant expires() {
    return leaf().getNotAfter().toInstant();
  }

  /** Contains nothing of the key. */
  @Override
  public String toString() {
    return "%s (%s, until %s) from %s".formatted(name(), keyType(), expires(), file());
  }
}
