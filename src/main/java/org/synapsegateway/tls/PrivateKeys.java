// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/**
 * Reads private keys in the three ways they are written: PKCS#8, PKCS#1 ({@code RSA PRIVATE KEY})
 * and SEC1 ({@code EC PRIVATE KEY}).
 *
 * <p>The last two say less than PKCS#8 does about the kind of the key. The certificate says the
 * rest, as the key has to fit it anyway.
 */
final class PrivateKeys {
  private static final byte[] TEST =
      "a key that fits".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private PrivateKeys() {}

  /**
   * The first private key of these blocks.
   *
   * @param certified the certificate's key, which it has to fit
   */
  static PrivateKey read(Path file, List<Pem.Block> blocks, PublicKey certified) throws TlsFault {
    for (Pem.Block block : blocks) {
      if (block.isKey()) {
        return read(file, block, certified);
      }
    }
    throw new TlsFault(
        file, "the file has no private key; it must have a block -----BEGIN PRIVATE KEY-----");
  }

  private static PrivateKey read(Path file, Pem.Block block, PublicKey certified) throws TlsFault {
    if (block.isEncrypted()) {
      throw new TlsFault(
          file,
          "the key is encrypted, and nobody can type its password at a start; decrypt it: openssl"
              + " pkey -in "
              + file
              + " -out key.pem, and chmod 640 it");
    }
    String algorithm = certified.getAlgorithm();
    if (!algorithm.equals("RSA") && !algorithm.equals("EC")) {
      throw new TlsFault(file, algorithm + " keys are not supported; take EC P-256 or RSA");
    }
    PrivateKey key;
    try {
      byte[] der =
          block.label().equals("PRIVATE KEY") ? block.der() : pkcs8(block.der(), certified);
      key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException | IndexOutOfBoundsException e) {
      throw doesNotFit(file, algorithm);
    }
    if (!fits(key, certified)) {
      throw doesNotFit(file, algorithm);
    }
    return key;
  }

  /** Whether the first private key of these blocks fits a certificate's key. */
  static boolean fit(List<Pem.Block> blocks, PublicKey certified) {
    try {
      read(Path.of(""), blocks, certified);
      return true;
    } catch (TlsFault e) {
      return false;
    }
  }

  private static TlsFault doesNotFit(Path file, String algorithm) {
    return new TlsFault(
        file,
        "the key does not fit the certificate, which has another "
            + algorithm
            + " key; take both from the same order, and check whether a renewal copied only one");
  }

  private static boolean fits(PrivateKey key, PublicKey certified) {
    String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    try {
      Signature signs = Signature.getInstance(algorithm);
      signs.initSign(key);
      signs.update(TEST);
      byte[] signed = signs.sign();
      Signature proves = Signature.getInstance(algorithm);
      proves.initVerify(certified);
      proves.update(TEST);
      return proves.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // a signature that cannot even be read
    }
  }

  /** PrivateKeyInfo (RFC 5208): version 0, the algorithm, and the key itself. */
  private static byte[] pkcs8(byte[] key, PublicKey certified) {
    byte[] version = Der.of(Der.INTEGER, new byte[] {0});
    return Der.of(
        Der.SEQUENCE, version, algorithm(certified.getEncoded()), Der.of(Der.OCTET_STRING, key));
  }

  /** The first element of a SubjectPublicKeyInfo (RFC 5280 section 4.1). */
  private static byte[] algorithm(byte[] info) {
    int start = 1 + lengthOfLength(info, 1);
    int size = 1 + lengthOfLength(info, start + 1) + length(info, start + 1);
    return java.util.Arrays.copyOfRange(info, start, start + size);
  }

  private static int lengthOfLength(byte[] der, int at) {
    return der[at] >= 0 ? 1 : 1 + (der[at] & 0x7f);
  }

  private static int length(byte[] der, int at) {
    if (der[at] >= 0) {
      return der[at];
    }
    int length = 0;
    for (int i = 1; i < lengthOfLength(der, at); i++) {
      length = length << 8 | der[at + i] & 0xff;
    }
    return length;
  }
}
