// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The functions of the machine's OpenSSL that sign with RSA keys, once {@link #load} has found them
 * of use. Pointers are numbers.
 */
final class LibCrypto {
  static final String NAME = "libcrypto.so.3";
  static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  static final int PKCS1_PADDING = 1;
  static final int PSS_PADDING = 6;
  static final int SALT_AS_LONG_AS_DIGEST = -1;

  /** RTLD_NOW without RTLD_GLOBAL: BoringSSL has functions of the same names. */
  private static final int LOCAL = 2;

  /** Event loops may still sign while the process exits. */
  private static final long NO_ATEXIT = 0x80000;

  /** CVE-2022-2274: it writes past its memory when it signs with AVX-512. */
  private static final long BROKEN = 0x30000040L;

  private static final int STRING = 0;

  private LibCrypto() {}

  /**
   * Loads it, if it signs faster here than BoringSSL.
   *
   * @return its version
   * @throws IOException if it is of no use here; says why
   */
  static String load(String name, Path processor) throws IOException {
    try {
      if (!hasFastMultiplication(processor)) {
        throw new IOException(
            "the processor has no AVX-512 IFMA, or " + processor + " does not say so");
      }
      Native.register(
          LibCrypto.class,
          NativeLibrary.getInstance(name, Map.of(Library.OPTION_OPEN_FLAGS, LOCAL)));
      OPENSSL_init_crypto(NO_ATEXIT, 0);
      if (OpenSSL_version_num() == BROKEN) {
        throw new IOException("OpenSSL 3.0.4 signs wrongly");
      }
      return OpenSSL_version(STRING);
    } catch (LinkageError | RuntimeException e) {
      String why = String.valueOf(e.getMessage()).lines().limit(2).collect(Collectors.joining(" "));
      throw new IOException("%s does not load (%s)".formatted(name, why), e);
    }
  }

  /** Without it OpenSSL takes as long as BoringSSL. */
  private static boolean hasFastMultiplication(Path processor) throws IOException {
    try (Stream<String> lines = Files.lines(processor)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .filter(line -> line.contains(" avx512ifma"))
          .isPresent();
    }
  }

  /** A key from PKCS#8, to be freed; 0 if it is none. */
  static long key(byte[] der) {
    try (Memory copy = new Memory(der.length)) {
      copy.write(0, der, 0, der.length);
      long key = d2i_AutoPrivateKey(0, new long[] {Pointer.nativeValue(copy)}, der.length);
      copy.clear();
      return key;
    }
  }

  private static native int OPENSSL_init_crypto(long options, long settings);

  private static native long OpenSSL_version_num();

  private static native String OpenSSL_version(int what);

  private static native long d2i_AutoPrivateKey(long reuse, long[] der, long length);

  static native void EVP_PKEY_free(long key);

  static native long EVP_get_digestbyname(String name);

  static native long EVP_MD_CTX_new();

  static native void EVP_MD_CTX_free(long context);

  static native int EVP_DigestSignInit(
      long context, long[] keyContext, long digest, long engine, long key);

  static native int EVP_PKEY_CTX_set_rsa_padding(long keyContext, int padding);

  static native int EVP_PKEY_CTX_set_rsa_pss_saltlen(long keyContext, int length);

  static native int EVP_DigestSign(
      long context, byte[] signature, long[] signatureLength, byte[] input, long inputLength);
}
