// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The file that holds the token of the management port: what the gateway makes at its start, and
 * the commands read. Whoever may read the file may drain workers and reload.
 */
public final class TokenFile {
  private static final int LENGTH = 32;
  private static final int MAX_BYTES = 1024;

  /** As RFC 6750 section 2.1 has it, and too long to be guessed. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{16,}=*");

  private static final Set<PosixFilePermission> MINE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> SHARED =
      PosixFilePermissions.fromString("rw-r-----");

  private TokenFile() {}

  /**
   * The token of a file, which is made if it is missing or empty. Nobody but the user, and the
   * group if there is one, may read it afterwards.
   *
   * @param group its name; empty for none
   * @throws IOException if there can be no token, or others may read it; says why and how to mend
   *     it
   */
  public static String make(Path file, String group) throws IOException {
    try {
      if (!Files.exists(file) || Files.size(file) == 0) {
        write(file);
      }
      String token = token(file);
      protect(file, group);
      return token;
    } catch (FileSystemException e) {
      throw new IOException(unusable(file, e), e);
    }
  }

  private static String unusable(Path file, FileSystemException e) {
    return e instanceof AccessDeniedException
        ? "user %s may not read or write %s".formatted(System.getProperty("user.name"), file)
        : file + ": " + ReadableFile.why(e);
  }

  private static void write(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectories(directory);
    }
    byte[] random = new byte[LENGTH];
    new SecureRandom().nextBytes(random);
    byte[] text = (HexFormat.of().formatHex(random) + "\n").getBytes(StandardCharsets.US_ASCII);
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try (var channel =
        Files.newByteChannel(file, options, PosixFilePermissions.asFileAttribute(MINE))) {
      Files.getFileAttributeView(file, PosixFileAttributeView.class).setPermissions(MINE);
      channel.write(ByteBuffer.wrap(text));
    }
  }

  /**
   * A file of another user, whom an admin trusts with it, keeps its mode if not all may read it.
   */
  private static void protect(Path file, String group) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    try {
      view.setPermissions(MINE);
    } catch (FileSystemException e) {
      if (view.readAttributes().permissions().stream()
          .anyMatch(permission -> permission.name().startsWith("OTHERS_"))) {
        throw new IOException(file + ": is open to all users; chmod o= " + file, e);
      }
      return;
    }
    if (!group.isEmpty()) {
      give(view, group);
      view.setPermissions(SHARED);
    }
  }

  private static void give(PosixFileAttributeView view, String group) throws IOException {
    try {
      view.setGroup(
          FileSystems.getDefault()
              .getUserPrincipalLookupService()
              .lookupPrincipalByGroupName(group));
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException("there is no group " + group + " (management.token-group)", e);
    } catch (FileSystemException e) {
      throw new IOException(
          ("user %s may not give the token's file to the group %s (management.token-group); put that"
                  + " user into it")
              .formatted(System.getProperty("user.name"), group),
          e);
    }
  }

  /**
   * The token that a file holds.
   *
   * @throws IOException if it cannot be read or holds none; says why
   */
  public static String read(Path file) throws IOException {
    try {
      return token(file);
    } catch (FileSystemException e) {
      throw new IOException(unusable(file, e), e);
    }
  }

  private static String token(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8).strip();
      if (!TOKEN.matcher(text).matches()) {
        throw new IOException(
            file
                + ": holds no token, which has 16 characters at least, of A-Z a-z 0-9 . _ ~ + / -;"
                + " remove the file, and the next start makes one");
      }
      return text;
    }
  }
}
