// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.ReplyHead;

/**
 * The beginning of a worker's error reply, collected from its parts, to find out whether the worker
 * does not know the request: it is {@code M_UNRECOGNIZED} (synapse/api/errors.py).
 *
 * <p>Holds {@value #MAX_BYTES} bytes at most, as they came, and unpacks no more than that of gzip
 * and deflate. Java cannot unpack {@code br} and {@code zstd}, which Synapse does not use. Confined
 * to one event loop.
 */
final class ErrorBody {
  private static final int MAX_BYTES = 1024;
  private static final int ORDINARY = 128;

  private static final Pattern UNRECOGNIZED =
      Pattern.compile("\"errcode\"\\s*:\\s*\"M_UNRECOGNIZED\"");

  private final String coding;
  private byte[] bytes = new byte[ORDINARY];
  private int length;

  private ErrorBody(String coding) {
    this.coding = coding;
  }

  /** The body that follows a head; null if no error of routing is to be seen in it. */
  static @Nullable ErrorBody of(ReplyHead head) {
    int status = head.status();
    boolean looked = status == 404 || status == 405 || status == 400;
    if (!looked || head.isBodiless() || head.contentLength() > MAX_BYTES) {
      return null;
    }
    int coding = head.find("content-encoding", 0);
    return new ErrorBody(coding < 0 ? "" : head.value(coding));
  }

  void add(ByteBuf part) {
    int take = Math.min(part.readableBytes(), MAX_BYTES - length);
    if (length + take > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(MAX_BYTES, Math.max(2 * bytes.length, length + take)));
    }
    part.getBytes(part.readerIndex(), bytes, length, take);
    length += take;
  }

  boolean isUnrecognized() {
    try (InputStream plain = plain(new ByteArrayInputStream(bytes, 0, length))) {
      return UNRECOGNIZED.matcher(beginning(plain)).find();
    } catch (EOFException | ZipException e) {
      return false; // what does not say what it is says nothing
    } catch (IOException e) {
      throw new IllegalStateException("an array can be read", e);
    }
  }

  private InputStream plain(InputStream body) throws IOException {
    if (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip")) {
      return new GZIPInputStream(body);
    }
    return coding.equalsIgnoreCase("deflate") ? new InflaterInputStream(body) : body;
  }

  /** What can be unpacked; the rest may be missing, or be left out here. */
  private static String beginning(InputStream plain) throws IOException {
    byte[] text = new byte[MAX_BYTES];
    int read = 0;
    try {
      for (int more = 0;
          more >= 0 && read < MAX_BYTES;
          more = plain.read(text, read, MAX_BYTES - read)) {
        read += more;
      }
    } catch (EOFException e) {
      // it is longer than what is held of it
    }
    return new String(text, 0, read, StandardCharsets.ISO_8859_1);
  }
}
