// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of an access log, which {@link LogLine} understands. However long one is, memory is
 * bounded. Confined to one thread.
 */
public final class LoggedRequests implements AutoCloseable {
  private static final int MAX_LINE = 64 * 1024;

  private final @Nullable SeekableByteChannel file;
  private final InputStream in;
  private final byte[] line = new byte[MAX_LINE];

  private LoggedRequests(@Nullable SeekableByteChannel file, InputStream in) {
    this.file = file;
    this.in = new BufferedInputStream(in, MAX_LINE);
  }

  /**
   * Opens a log.
   *
   * @param path may end with .gz; {@code -} for standard input
   */
  public static LoggedRequests open(Path path) throws IOException {
    if (path.toString().equals("-")) {
      return new LoggedRequests(null, System.in);
    }
    if (Files.isDirectory(path)) {
      throw new IOException("it is a directory");
    }
    SeekableByteChannel file = Files.newByteChannel(path);
    try {
      InputStream in = Channels.newInputStream(file);
      boolean packed = path.toString().endsWith(".gz");
      return new LoggedRequests(file, packed ? new GZIPInputStream(in, MAX_LINE) : in);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** The next line, without its end and without what is beyond 64 KiB; null after the last. */
  public @Nullable String next() throws IOException {
    int length = 0;
    int read = in.read();
    if (read < 0) {
      return null;
    }
    for (; read >= 0 && read != '\n'; read = in.read()) {
      if (length < MAX_LINE) {
        line[length++] = (byte) read;
      }
    }
    return new String(line, 0, length, StandardCharsets.ISO_8859_1);
  }

  /** How much of the file has been read, in percent; -1 if that is not known. */
  int percent() throws IOException {
    return file == null ? -1 : (int) (file.position() * 100 / Math.max(file.size(), 1));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
