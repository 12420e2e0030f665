// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The earlier files of an access log: {@code access.log.2026-11-24.0.gz}, numbered from 0 each day
 * and kept for {@value #DAYS} days. Compresses on a thread of its own.
 */
final class RolledFiles implements AutoCloseable {
  static final int DAYS = 14;

  private static final Logger LOG = LoggerFactory.getLogger(RolledFiles.class);
  private static final int CLOSE_SECONDS = 10;
  private static final String COMPRESSED = ".gz";

  private final Path file;
  private final Pattern name;
  private final ExecutorService compression =
      Executors.newSingleThreadExecutor(new DefaultThreadFactory("access-log-gzip", true));

  /**
   * @param file the log itself, an absolute path
   */
  RolledFiles(Path file) {
    this.file = file;
    name =
        Pattern.compile(
            Pattern.quote(file.getFileName().toString())
                + "\\.(\\d{4}-\\d\\d-\\d\\d)\\.(\\d{1,9})(\\.gz)?(\\.part)?");
  }

  /** The next name for the lines of a day, after all others of that day. */
  Path next(LocalDate day) throws IOException {
    int number = 0;
    for (Matcher each : all()) {
      if (each.group(1).equals(day.toString())) {
        number = Math.max(number, Integer.parseInt(each.group(2)) + 1);
      }
    }
    return file.resolveSibling(file.getFileName() + "." + day + "." + number);
  }

  private List<Matcher> all() throws IOException {
    List<Matcher> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(file.getParent())) {
      files.map(each -> name.matcher(each.getFileName().toString())).forEach(all::add);
    }
    all.removeIf(each -> !each.matches());
    return all;
  }

  /** Compresses a file soon; if that fails, the file stays as it is. */
  void compress(Path plain) {
    compression.execute(
        () -> {
          Path part = plain.resolveSibling(plain.getFileName() + COMPRESSED + ".part");
          try {
            try (OutputStream to = new GZIPOutputStream(Files.newOutputStream(part))) {
              Files.copy(plain, to);
            }
            Files.move(part, plain.resolveSibling(plain.getFileName() + COMPRESSED));
            Files.delete(plain);
          } catch (IOException e) {
            LOG.error("{} is not compressed: {}", plain, e.toString());
          }
        });
  }

  /** Removes what is too old. */
  void removeOld() throws IOException {
    String oldest = LocalDate.now(ZoneId.systemDefault()).minusDays(DAYS).toString();
    for (Matcher each : all()) {
      if (each.group(1).compareTo(oldest) < 0) {
        Files.deleteIfExists(file.resolveSibling(each.group()));
      }
    }
  }

  /** Waits for what is being compressed, for {@value #CLOSE_SECONDS} s at most. */
  @Override
  public void close() {
    compression.shutdown();
    try {
      if (!compression.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("A file of the access log is not compressed to its end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
