// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers to challenges of ACME's type http-01 (RFC 8555 section 8.3) that a client such as
 * certbot has put into its webroot. Safe for any thread.
 */
final class AcmeChallenges {
  static final String PREFIX = "/.well-known/acme-challenge/";

  private static final Logger LOG = LoggerFactory.getLogger(AcmeChallenges.class);

  /** The alphabet of base64url, so that a token names nothing but a file of this directory. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{1,255}");

  /** A token, a dot and a thumbprint are some 90 bytes. */
  private static final int MAX_BYTES = 1_024;

  /** A disk may be slow, and the event loops must not wait for it. */
  private static final ThreadPoolExecutor READER = reader();

  private final Path directory;

  /**
   * @param webroot the webroot that the ACME client was given, for instance by {@code certbot
   *     --webroot -w}
   */
  AcmeChallenges(Path webroot) {
    this.directory = webroot.resolve(PREFIX.substring(1));
  }

  private static ThreadPoolExecutor reader() {
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(64),
            new DefaultThreadFactory("acme", true));
    one.allowCoreThreadTimeOut(true);
    return one;
  }

  /**
   * Reads the answer to a challenge on another thread.
   *
   * @param answer takes it there; null if there is none
   * @return whether it is read; false if too many are
   */
  boolean read(String token, Consumer<byte[]> answer) {
    try {
      READER.execute(() -> answer.accept(read(token)));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private byte @Nullable [] read(String token) {
    if (!TOKEN.matcher(token).matches()) {
      return null;
    }
    Path file = directory.resolve(token);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length <= MAX_BYTES) {
        return bytes;
      }
      LOG.warn("{} is longer than {} bytes, so it is no answer to a challenge", file, MAX_BYTES);
    } catch (NoSuchFileException e) {
      LOG.debug("{} was removed while it was read", file);
    } catch (IOException e) {
      LOG.warn("{} cannot be read, so no certificate is issued: {}", file, e.toString());
    }
    return null;
  }
}
