// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.util.NetUtil;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate that a test makes as it likes, and its key, with no tool but Java. */
public final class TestCertificate {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int OID = 6;

  private final KeyPair keys;
  private final X509Certificate certificate;
  private final TestCertificate issuer;
  private final String subject;

  private TestCertificate(
      KeyPair keys, X509Certificate certificate, TestCertificate issuer, String subject) {
    this.keys = keys;
    this.certificate = certificate;
    this.issuer = issuer;
    this.subject = subject;
  }

  /** What a certificate shall be like. */
  public static final class Maker {
    private String keyType = "EC";
    private int rsaBits = 2048;
    private String hash = "SHA256";
    private Instant from = Instant.now().minus(Duration.ofDays(1));
    private Instant to = Instant.now().plus(Duration.ofDays(90));
    private TestCertificate issuer;
    private boolean authority;
    private final List<String> names = new ArrayList<>();

    public Maker rsa(int bits) {
      keyType = "RSA";
      rsaBits = bits;
      return this;
    }

    public Maker hash(String name) {
      hash = name;
      return this;
    }

    public Maker from(Instant moment) {
      from = moment;
      return this;
    }

    public Maker to(Instant moment) {
      to = moment;
      return this;
    }

    public Maker issuedBy(TestCertificate by) {
      issuer = by;
      return this;
    }

    public Maker authority() {
      authority = true;
      return this;
    }

    /** Names or addresses. */
    public Maker names(String... all) {
      names.addAll(List.of(all));
      return this;
    }

    public TestCertificate make(String subject) {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(keyType);
        if (keyType.equals("EC")) {
          generator.initialize(new ECGenParameterSpec("secp256r1"));
        } else {
          generator.initialize(rsaBits);
        }
        KeyPair keys = generator.generateKeyPair();
        return new TestCertificate(keys, sign(keys, subject), issuer, subject);
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    private X509Certificate sign(KeyPair keys, String subject) throws GeneralSecurityException {
      KeyPair by = issuer == null ? keys : issuer.keys;
      String algorithm =
          hash + "with" + (by.getPrivate().getAlgorithm().equals("EC") ? "ECDSA" : "RSA");
      byte[] signedBy = algorithm(algorithm);
      byte[] content =
          tlv(
              SEQUENCE,
              tlv(0xa0, tlv(2, new byte[] {2})),
              tlv(2, new BigInteger(63, new SecureRandom()).add(BigInteger.ONE).toByteArray()),
              signedBy,
              name(issuer == null ? subject : issuer.subject),
              tlv(SEQUENCE, time(from), time(to)),
              name(subject),
              keys.getPublic().getEncoded(),
              tlv(0xa3, tlv(SEQUENCE, extensions())));
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(by.getPrivate());
      signature.update(content);
      byte[] der = tlv(SEQUENCE, content, signedBy, tlv(3, new byte[] {0}, signature.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    }

    private byte[] extensions() {
      byte[] basic =
          tlv(
              SEQUENCE,
              oid(0x55, 0x1d, 0x13),
              tlv(1, new byte[] {-1}),
              tlv(4, authority ? tlv(SEQUENCE, tlv(1, new byte[] {-1})) : tlv(SEQUENCE)));
      if (names.isEmpty()) {
        return basic;
      }
      byte[][] all = names.stream().map(Maker::generalName).toArray(byte[][]::new);
      return concat(basic, tlv(SEQUENCE, oid(0x55, 0x1d, 0x11), tlv(4, tlv(SEQUENCE, all))));
    }

    private static byte[] generalName(String name) {
      byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
      return address == null ? tlv(0x82, ascii(name)) : tlv(0x87, address);
    }

    private static byte[] algorithm(String name) {
      return switch (name) {
        case "SHA256withECDSA" -> tlv(SEQUENCE, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));
        case "SHA1withECDSA" -> tlv(SEQUENCE, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1));
        case "SHA256withRSA" ->
            tlv(SEQUENCE, oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11), tlv(5));
        case "SHA1withRSA" ->
            tlv(SEQUENCE, oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5), tlv(5));
        default -> throw new AssertionError(name);
      };
    }

    private static byte[] name(String common) {
      return tlv(SEQUENCE, tlv(SET, tlv(SEQUENCE, oid(0x55, 4, 3), tlv(12, ascii(common)))));
    }

    private static byte[] time(Instant moment) {
      return tlv(0x18, ascii(TIME.format(moment)));
    }
  }

  /** A self-signed one for these names, good for 90 days. */
  public static TestCertificate of(String... names) {
    return new Maker().names(names).make(names[0]);
  }

  public X509Certificate x509() {
    return certificate;
  }

  public KeyPair keys() {
    return keys;
  }

  /** This certificate, and that of each issuer but the root. */
  public String chain() {
    String above = issuer == null || issuer.issuer == null ? "" : issuer.chain();
    return pem() + above;
  }

  public String pem() {
    try {
      return block("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The key as PKCS#8. */
  public String key() {
    return block("PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  /** The key as OpenSSL wrote it for long: PKCS#1 or SEC1, which is what PKCS#8 holds. */
  public String oldKey() {
    byte[] der = keys.getPrivate().getEncoded();
    // version, algorithm, key
    int at = skip(der, skip(der, content(der, 0)));
    byte[] key = java.util.Arrays.copyOfRange(der, content(der, at), skip(der, at));
    return block(keys.getPrivate().getAlgorithm() + " PRIVATE KEY", key);
  }

  /** Writes {@code fullchain.pem} and {@code privkey.pem}, as certbot has them. */
  public Path writeTo(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("fullchain.pem"), chain());
    Files.writeString(directory.resolve("privkey.pem"), key());
    return directory;
  }

  private static int content(byte[] der, int at) {
    return at + (der[at + 1] >= 0 ? 2 : 2 + (der[at + 1] & 0x7f));
  }

  private static int skip(byte[] der, int at) {
    if (der[at + 1] >= 0) {
      return at + 2 + der[at + 1];
    }
    int length =
        new BigInteger(1, java.util.Arrays.copyOfRange(der, at + 2, content(der, at))).intValue();
    return content(der, at) + length;
  }

  private static String block(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] oid(int... bytes) {
    byte[] content = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      content[i] = (byte) bytes[i];
    }
    return tlv(OID, content);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] tlv(int tag, byte[]... contents) {
    byte[] content = concat(contents);
    int size = content.length;
    byte[] length =
        size < 0x80
            ? new byte[] {(byte) size}
            : size < 0x100
                ? new byte[] {(byte) 0x81, (byte) size}
                : new byte[] {(byte) 0x82, (byte) (size >> 8), (byte) size};
    return concat(new byte[] {(byte) tag}, length, content);
  }
}
