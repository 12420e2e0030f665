// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A self-signed certificate and its key: EC P-256, valid for 30 days (RFC 5280). For trials on one
 * machine.
 */
public final class SelfSigned {
  private static final Duration VALID = Duration.ofDays(30);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final String KEY = "privkey.pem";
  private static final byte[] COMMON_NAME = {0x55, 4, 3};
  private static final byte[] ALTERNATIVE_NAMES = {0x55, 0x1d, 0x11};
  private static final byte[] ECDSA_WITH_SHA256 = {
    0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2
  };

  /** RFC 5280 section 4.2.1.6: the tags of a DNS name and of an address. */
  private static final int DNS_NAME = 0x82;

  private static final int ADDRESS = 0x87;

  private final byte[] certificate;
  private final byte[] key;

  private SelfSigned(byte[] certificate, byte[] key) {
    this.certificate = certificate;
    this.key = key;
  }

  /**
   * Makes one.
   *
   * @param names host names and addresses; at least one
   */
  public static SelfSigned of(List<String> names) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      return new SelfSigned(signed(keys, names), keys.getPrivate().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // each Java has them
    }
  }

  private static byte[] signed(KeyPair keys, List<String> names) throws GeneralSecurityException {
    byte[] algorithm = Der.of(Der.SEQUENCE, Der.of(Der.OBJECT_IDENTIFIER, ECDSA_WITH_SHA256));
    byte[] name = commonName(names.get(0));
    Instant now = Instant.now();
    byte[] content =
        Der.of(
            Der.SEQUENCE,
            Der.of(0xa0, Der.of(Der.INTEGER, new byte[] {2})), // version 3
            Der.of(
                Der.INTEGER,
                new BigInteger(63, new SecureRandom()).add(BigInteger.ONE).toByteArray()),
            algorithm,
            name,
            Der.of(Der.SEQUENCE, time(now.minus(Duration.ofDays(1))), time(now.plus(VALID))),
            name,
            keys.getPublic().getEncoded(),
            Der.of(0xa3, Der.of(Der.SEQUENCE, alternativeNames(names))));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(content);
    return Der.of(
        Der.SEQUENCE, content, algorithm, Der.of(Der.BIT_STRING, new byte[] {0}, signature.sign()));
  }

  private static byte[] commonName(String name) {
    byte[] attribute =
        Der.of(
            Der.SEQUENCE,
            Der.of(Der.OBJECT_IDENTIFIER, COMMON_NAME),
            Der.of(Der.UTF8_STRING, ascii(name)));
    return Der.of(Der.SEQUENCE, Der.of(Der.SET, attribute));
  }

  private static byte[] alternativeNames(List<String> names) {
    byte[][] all = names.stream().map(SelfSigned::generalName).toArray(byte[][]::new);
    return Der.of(
        Der.SEQUENCE,
        Der.of(Der.OBJECT_IDENTIFIER, ALTERNATIVE_NAMES),
        Der.of(Der.OCTET_STRING, Der.of(Der.SEQUENCE, all)));
  }

  private static byte[] generalName(String name) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
    return address == null ? Der.of(DNS_NAME, ascii(name)) : Der.of(ADDRESS, address);
  }

  private static byte[] time(Instant moment) {
    return Der.of(Der.GENERALIZED_TIME, ascii(TIME.format(moment)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Writes {@code fullchain.pem} and {@code privkey.pem}, as certbot has them; other users cannot
   * read the key.
   *
   * @throws IOException if they cannot be written, or exist
   */
  public void writeTo(Path directory) throws IOException {
    Path secret = directory.resolve(KEY);
    Files.createFile(
        secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(secret, block("PRIVATE KEY", key));
    Files.writeString(certificate(directory), block("CERTIFICATE", certificate));
  }

  /** The file of the certificate that has been written to a directory. */
  public static Path certificate(Path directory) {
    return directory.resolve("fullchain.pem");
  }

  /** Deletes what has been written to a directory. */
  public static void delete(Path directory) throws IOException {
    Files.deleteIfExists(certificate(directory));
    Files.deleteIfExists(directory.resolve(KEY));
  }

  /** The TLS of a client that trusts the certificate that has been written to a directory. */
  public static SSLContext trusting(Path directory) throws IOException {
    try (InputStream in = Files.newInputStream(certificate(directory))) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "self-signed", CertificateFactory.getInstance("X.509").generateCertificate(in));
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static String block(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
