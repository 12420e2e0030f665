// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A 128-bit hash, which is kept in place of a token. */
public record TokenHash(long high, long low) {
  private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();
  private static final int LENGTH = 16;

  /**
   * A hash of a token, from which the token cannot be computed: HMAC-SHA-256 with a random key.
   * Safe for any thread.
   */
  public static final class Keyed {
    private static final String HMAC = "HmacSHA256";

    /** How many bytes a key has. */
    public static final int KEY_LENGTH = 32;

    private final SecretKeySpec key;
    private final ThreadLocal<Mac> macs = ThreadLocal.withInitial(this::mac);

    public Keyed() {
      this(random());
    }

    /** With a given key, so that another process computes the same hashes. */
    Keyed(String key) {
      this(key.getBytes(StandardCharsets.UTF_8));
    }

    /** With the key of another one, so that the hashes are the same. */
    public Keyed(byte[] secret) {
      key = new SecretKeySpec(secret, HMAC);
    }

    private static byte[] random() {
      byte[] secret = new byte[KEY_LENGTH];
      new SecureRandom().nextBytes(secret);
      return secret;
    }

    /** The key, which is a secret. */
    public byte[] key() {
      return key.getEncoded();
    }

    /** The hash of a token. */
    public TokenHash of(Slice token) {
      Mac mac = macs.get();
      mac.update(token.array(), token.start(), token.length());
      ByteBuffer hash = ByteBuffer.wrap(mac.doFinal());
      return new TokenHash(hash.getLong(), hash.getLong());
    }

    private Mac mac() {
      try {
        Mac mac = Mac.getInstance(HMAC);
        mac.init(key);
        return mac;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has " + HMAC, e);
      }
    }
  }

  /**
   * The key of a token whose user is not known. It is the same after a restart and in another
   * gateway, so that the token's requests stay where they are; hence SHA-256 without key.
   */
  public static Slice plain(Slice token) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(token.array(), token.start(), token.length());
      byte[] half = new byte[LENGTH];
      ByteBuffer.wrap(sha.digest()).get(half);
      return Slice.of(BASE64.encode(half));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
