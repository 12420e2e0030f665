// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a PEM file (RFC 7468), in their order. */
final class Pem {
  /** Far more than a chain and its key. */
  private static final int MAX_FILE = 1 << 20;

  private static final Pattern BLOCK =
      Pattern.compile("(?s)-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----");

  /** The fields of a key that OpenSSL has encrypted in its old way (RFC 1421). */
  private static final Pattern FIELDS = Pattern.compile("(?m)^[A-Za-z-]+:.*$");

  private Pem() {}

  /**
   * One block.
   *
   * @param label what it says to be, for example {@code EC PRIVATE KEY}
   * @param isEncrypted whether it takes a password to read it
   */
  @SuppressWarnings(
      "ArrayRecordComponent") // blocks are never compared, and their bytes never change
  record Block(String label, byte[] der, boolean isEncrypted) {
    boolean isCertificate() {
      return label.equals("CERTIFICATE") || label.equals("X509 CERTIFICATE");
    }

    boolean isKey() {
      return label.endsWith("PRIVATE KEY");
    }
  }

  static List<Block> read(Path file) throws TlsFault {
    List<Block> blocks = new ArrayList<>();
    String text = text(file);
    Matcher found = BLOCK.matcher(text);
    int end = 0;
    while (found.find()) {
      end = found.end();
      String label = found.group(1);
      String body = found.group(2);
      boolean encrypted = label.startsWith("ENCRYPTED") || body.contains("ENCRYPTED");
      blocks.add(new Block(label, encrypted ? new byte[0] : der(file, label, body), encrypted));
    }
    if (text.indexOf("-----BEGIN ", end) >= 0) {
      throw new TlsFault(
          file,
          "the last block of the file has no end, so it is half written; copy the file again");
    }
    return blocks;
  }

  /** Whether a file has a private key; false if it cannot be read. */
  static boolean hasKey(Path file) {
    try {
      return read(file).stream().anyMatch(Block::isKey);
    } catch (TlsFault e) {
      return false;
    }
  }

  private static byte[] der(Path file, String label, String body) throws TlsFault {
    try {
      String base64 = FIELDS.matcher(body).replaceAll("").replaceAll("\\s", "");
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new TlsFault(file, "the block " + label + " is not base64; copy the file again");
    }
  }

  private static String text(Path file) throws TlsFault {
    try {
      if (Files.isRegularFile(file) && Files.size(file) > MAX_FILE) {
        throw new TlsFault(file, "the file has more than 1 MiB, so it is not a certificate in PEM");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new TlsFault(file, why(file, e));
    }
  }

  /** Why a path cannot be read, and what to do. */
  static String why(Path file, IOException e) {
    String user = System.getProperty("user.name");
    if (e instanceof NoSuchFileException) {
      return Files.isSymbolicLink(file)
          ? "the link leads to nothing; mend it"
          : "there is no such file; mend gateway.tls.certificates, or get the certificate";
    }
    if (e instanceof AccessDeniedException) {
      return "user "
          + user
          + " may not read the file; give it to that user's group (chgrp, chmod g+r), and let the group"
          + " enter its directories (chmod g+x)";
    }
    return "the file cannot be read: " + e.getMessage();
  }
}
