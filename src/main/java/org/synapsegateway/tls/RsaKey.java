// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.handler.ssl.OpenSslPrivateKeyMethod;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An RSA key in {@link LibCrypto}, freed once nobody refers to it any more: a handshake may use it
 * after its certificate has been replaced. Safe for any thread.
 */
final class RsaKey {
  static final int BITS = 2048;

  private static final int BYTES = BITS / 8;
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicInteger HELD = new AtomicInteger();

  private final long pointer;

  /** How a handshake wants its signature. */
  enum Scheme {
    /** What a TLS 1.2 client wants that knows no better. */
    PKCS1_SHA1(OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PKCS1_SHA1, 1, false),
    PKCS1_SHA256(OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PKCS1_SHA256, 256, false),
    PKCS1_SHA384(OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PKCS1_SHA384, 384, false),
    PKCS1_SHA512(OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PKCS1_SHA512, 512, false),
    PSS_SHA256(OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PSS_RSAE_SHA256, 256, true),
    PSS_SHA384(OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PSS_RSAE_SHA384, 384, true),
    PSS_SHA512(OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PSS_RSAE_SHA512, 512, true);

    private final int code;
    private final int sha;
    private final boolean pss;

    Scheme(int code, int sha, boolean pss) {
      this.code = code;
      this.sha = sha;
      this.pss = pss;
    }

    /** That which TLS has this number for. */
    static Scheme of(int code) throws SignatureException {
      for (Scheme each : values()) {
        if (each.code == code) {
          return each;
        }
      }
      throw new SignatureException("no signature of an RSA key: " + code);
    }

    /** Java's own, which is slower. */
    Signature inJava() throws GeneralSecurityException {
      if (!pss) {
        return Signature.getInstance("SHA" + sha + "withRSA");
      }
      String hash = "SHA-" + sha;
      Signature signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(
          new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), sha / 8, 1));
      return signature;
    }
  }

  /** Takes over a pointer of {@link LibCrypto#key}. */
  RsaKey(long pointer) {
    this.pointer = pointer;
    HELD.incrementAndGet();
    CLEANER.register(
        this,
        () -> {
          LibCrypto.EVP_PKEY_free(pointer);
          HELD.decrementAndGet();
        });
  }

  /** How many are in native memory. */
  static int held() {
    return HELD.get();
  }

  /** The key in libcrypto; null if it does not sign with it what the certificate's key proves. */
  static @Nullable RsaKey of(PrivateKey key, PublicKey certified) {
    long pointer = LibCrypto.key(key.getEncoded());
    if (pointer == 0) {
      return null;
    }
    RsaKey made = new RsaKey(pointer);
    return made.fits(certified) ? made : null;
  }

  private boolean fits(PublicKey certified) {
    byte[] test = {1};
    byte[] signed = sign(Scheme.PSS_SHA256, test);
    if (signed == null) {
      return false;
    }
    try {
      Signature proves = Scheme.PSS_SHA256.inJava();
      proves.initVerify(certified);
      proves.update(test);
      return proves.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // a signature that cannot even be read
    }
  }

  /** The signature; null if libcrypto fails. */
  byte @Nullable [] sign(Scheme scheme, byte[] input) {
    long context = LibCrypto.EVP_MD_CTX_new();
    try {
      byte[] signature = new byte[BYTES];
      return context != 0 && sign(context, scheme, input, signature) ? signature : null;
    } finally {
      LibCrypto.EVP_MD_CTX_free(context);
      Reference.reachabilityFence(this);
    }
  }

  private boolean sign(long context, Scheme scheme, byte[] input, byte[] signature) {
    long digest = LibCrypto.EVP_get_digestbyname("SHA" + scheme.sha);
    long[] keyContext = new long[1];
    long[] length = {signature.length};
    int padding = scheme.pss ? LibCrypto.PSS_PADDING : LibCrypto.PKCS1_PADDING;
    return LibCrypto.EVP_DigestSignInit(context, keyContext, digest, 0, pointer) == 1
        && LibCrypto.EVP_PKEY_CTX_set_rsa_padding(keyContext[0], padding) == 1
        && (!scheme.pss
            || LibCrypto.EVP_PKEY_CTX_set_rsa_pss_saltlen(
                    keyContext[0], LibCrypto.SALT_AS_LONG_AS_DIGEST)
                == 1)
        && LibCrypto.EVP_DigestSign(context, signature, length, input, input.length) == 1
        && length[0] == signature.length;
  }
}
